export { expressChat, type ExpressChat, type ExpressRequest } from './frameworks/express.ts'
