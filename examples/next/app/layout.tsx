import type { ReactNode } from 'react'
import './chat.css'

export const metadata = { title: 'Chat', icons: 'data:,' }

export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <h1>Ask the shop</h1>
        <main>{children}</main>
      </body>
    </html>
  )
}
