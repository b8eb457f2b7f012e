import { Chat } from './chat.tsx'

interface PageProps {
  readonly searchParams: Promise<{ readonly thread?: string | string[] }>
}

/** The address has the conversation, so that a reload opens it. */
export default async function Page({ searchParams }: PageProps) {
  const { thread } = await searchParams
  return <Chat threadId={typeof thread === 'string' ? thread : undefined} />
}
