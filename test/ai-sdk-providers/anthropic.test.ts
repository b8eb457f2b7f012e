import { createAnthropic } from '@ai-sdk/anthropic'
import { createAnthropic as createAnthropicOfAi5 } from 'anthropic-of-ai5'
import { createAnthropic as createAnthropicOfAi6 } from 'anthropic-of-ai6'
import { anthropicProvider } from './support/anthropic-provider.ts'
import { providerSuite } from './support/provider-suite.ts'

providerSuite(anthropicProvider('@ai-sdk/anthropic 4 (ai 7)', createAnthropic))
providerSuite(anthropicProvider('@ai-sdk/anthropic 3 (ai 6)', createAnthropicOfAi6))
providerSuite(anthropicProvider('@ai-sdk/anthropic 2 (ai 5)', createAnthropicOfAi5))
