import { Chat } from '../page/chat.tsx'

interface PageProps {
  readonly searchParams: Promise<{ readonly thread?: string | string[] }>
}

export default async function Page({ searchParams }: PageProps) {
  const { thread } = await searchParams
  return <Chat threadId={typeof thread === 'string' ? thread : undefined} />
}
