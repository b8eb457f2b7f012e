import { Chat } from './chat.tsx'

/** The conversation of the address is known on the server, so that a reload opens it. */
export default async function Page({ searchParams }: PageProps<'/'>) {
  const { thread } = await searchParams
  return <Chat threadId={typeof thread === 'string' ? thread : undefined} />
}
