export { expressChat, type ExpressChat, type ExpressChatOptions, type ExpressRequest } from './frameworks/express.ts'
