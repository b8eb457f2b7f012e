import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createGoogleGenerativeAI as createGoogleOfAi5 } from 'google-of-ai5'
import { createGoogleGenerativeAI as createGoogleOfAi6 } from 'google-of-ai6'
import { googleProvider } from './support/google-provider.ts'
import { providerSuite } from './support/provider-suite.ts'

providerSuite(googleProvider('@ai-sdk/google 4 (ai 7)', createGoogleGenerativeAI))
providerSuite(googleProvider('@ai-sdk/google 3 (ai 6)', createGoogleOfAi6))
providerSuite(googleProvider('@ai-sdk/google 2 (ai 5)', createGoogleOfAi5))
