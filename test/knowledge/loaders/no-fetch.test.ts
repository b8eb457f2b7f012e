import { once } from 'node:events'
import { createServer, Socket } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { collectReport, createKnowledge, memoryKnowledgeStore, type KnowledgeDocument } from '../../../src/knowledge.ts'
import { docxLoader } from '../../../src/knowledge/loaders/docx-loader.ts'
import { pdfLoader } from '../../../src/knowledge/loaders/pdf-loader.ts'
import { docxFiles, paragraph, zip } from '../../support/raw-docx.ts'
import { rawPdf, textAt, textPages } from '../../support/raw-pdf.ts'

const WORDS = 'Penguins huddle and keep warm in winter.'

/** Starts a server, and stubs `fetch` and the sockets of this thread. Threads of loaders can reach only the server. */
async function watchTraffic() {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  const { port } = address
  const fetch = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network'))
  const connect = vi.spyOn(Socket.prototype, 'connect')
  onTestFinished(() => {
    vi.restoreAllMocks()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${port}`,
    /** Returns the numbers after every connection that was begun before has arrived. */
    async counts() {
      const calls = { fetch: fetch.mock.calls.length, connect: connect.mock.calls.length }
      const probe = new Socket().connect(port, '127.0.0.1')
      await once(probe, 'close')
      return { ...calls, connections: connections - 1 }
    },
  }
}

const NONE = { fetch: 0, connect: 0, connections: 0 }

function html(url: string): string {
  return `<!doctype html><html><head><base href="${url}/base/">
    <title>Penguins</title>
    <meta http-equiv="refresh" content="0; url=${url}/refresh">
    <link rel="stylesheet" href="${url}/style.css"><link rel="preload" as="image" href="${url}/preload.png">
    <link rel="icon" href="${url}/icon.png"><link rel="dns-prefetch preconnect" href="${url}">
    <style>@import url("${url}/import.css"); body { background: url(${url}/background.png) }</style>
    <script src="${url}/script.js"></script><script type="module">import '${url}/module.js'</script>
    <script>fetch('${url}/fetched'); new Image().src = '${url}/script.png'</script></head>
    <body background="${url}/body.png" onload="fetch('${url}/onload')"><main><h1>Penguins</h1><p>${WORDS}</p>
    <img src="${url}/image.png" srcset="${url}/large.png 2x, small.png 1x" onerror="fetch('${url}/onerror')">
    <picture><source srcset="${url}/picture.webp"><img src="relative.png"></picture>
    <p style="background: url('${url}/inline.png')">${WORDS} <a href="${url}/link" ping="${url}/ping">More</a></p>
    <object data="${url}/object.svg"></object><embed src="${url}/embed.pdf">
    <iframe src="${url}/frame.html" srcdoc="<img src='${url}/srcdoc.png'>"></iframe>
    <video src="${url}/video.mp4" poster="${url}/poster.png"><track src="${url}/track.vtt"></video>
    <audio src="${url}/audio.mp3"></audio><svg><image href="${url}/svg.png"/><use href="${url}/use.svg#a"/></svg>
    <form action="${url}/form"><input type="image" src="${url}/input.png"></form></main></body></html>`
}

function doctype(url: string, name: string): string {
  return `<?xml version="1.0"?><?xml-stylesheet href="${url}/style.xsl" type="text/xsl"?>
    <!DOCTYPE ${name} PUBLIC "-//W3C//DTD" "${url}/document.dtd" [<!ENTITY outside SYSTEM "${url}/entity.txt">
    <!ENTITY file SYSTEM "file:///etc/hostname"><!ENTITY % more SYSTEM "${url}/more.dtd"> %more;]>`
}

function textFiles(url: string): readonly KnowledgeDocument[] {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
    xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="${url} ${url}/schema.xsd"><xi:include href="${url}/include.xml"/>
    <image xlink:href="${url}/image.png"/><text>${WORDS} &outside;&file;</text></svg>`
  const markdown = `# Penguins\n\n${WORDS}\n\n![image](${url}/image.png) <${url}/auto>\n\n<img src="${url}/html.png">\n`
  return [
    { documentId: 'a.html', content: html(url) },
    { documentId: 'bytes.html', content: new TextEncoder().encode(html(url)) },
    {
      documentId: 'a.xhtml',
      content: `${doctype(url, 'html')}<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Penguins</title>
        <link rel="stylesheet" href="${url}/style.css"/></head><body><p>${WORDS} &outside;&file;</p>
        <img src="${url}/image.png"/></body></html>`,
    },
    { documentId: 'a.svg', content: doctype(url, 'svg') + svg },
    { documentId: 'a.xml', content: doctype(url, 'svg') + svg },
    { documentId: 'typed.xml', content: doctype(url, 'svg') + svg, mediaType: 'text/xml' },
    { documentId: 'a.md', content: markdown },
    { documentId: 'a.json', content: JSON.stringify({ $ref: `${url}/schema.json`, text: WORDS }) },
    { documentId: `${url}/id.md`, content: markdown, url: `${url}/id.md` },
  ]
}

function docx(url: string): Uint8Array {
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const external = (id: string, type: string): string =>
    `<Relationship Id="${id}" Type="${office}/${type}" Target="${url}/${type}" TargetMode="External"/>`
  const types = ['image', 'hyperlink', 'attachedTemplate', 'oleObject', 'frame', 'subDocument', 'aFChunk']
  const settings = `<Relationship Id="x-settings" Type="${office}/settings" Target="settings.xml"/>`
  const relationships = settings + types.map((type) => external(`x-${type}`, type)).join('')
  const image = (attribute: string): string =>
    `<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip r:${attribute}="x-image"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`
  const body = `${image('link')}<w:p><w:hyperlink r:id="x-hyperlink"><w:r><w:t>${WORDS}</w:t></w:r></w:hyperlink></w:p>
    <w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>INCLUDEPICTURE "${url}/field.png"</w:instrText></w:r>
    <w:r><w:fldChar w:fldCharType="end"/></w:r></w:p><w:altChunk r:id="x-aFChunk"/><w:subDoc r:id="x-subDocument"/>`
  return zip([
    ...docxFiles(body + paragraph(WORDS), { relationships }),
    {
      name: 'word/settings.xml',
      content:
        '<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:attachedTemplate r:id="x-attachedTemplate"/></w:settings>',
    },
    {
      name: 'word/_rels/settings.xml.rels',
      content: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${external('x-attachedTemplate', 'attachedTemplate')}</Relationships>`,
    },
  ])
}

function pdf(url: string): Uint8Array {
  const file = `<< /Type /Filespec /FS /URL /F (${url}/file.pdf) >>`
  const actions = [
    `<< /S /URI /URI (${url}/uri) >>`,
    `<< /S /GoToR /F ${file} /D [0 /Fit] >>`,
    `<< /S /SubmitForm /F ${file} /Fields [] >>`,
    `<< /S /ImportData /F ${file} >>`,
    `<< /S /Launch /F ${file} >>`,
    `<< /S /JavaScript /JS (app.launchURL\\("${url}/script"\\); this.submitForm\\("${url}/submit"\\)) >>`,
  ]
  const links = actions.map((action) => `<< /Type /Annot /Subtype /Link /Rect [0 0 612 792] /A ${action} >>`).join(' ')
  const chain = actions.slice(1).join(' ')
  const open = `/OpenAction << /S /URI /URI (${url}/open) /Next [${chain}] >> /AA << /WC ${actions[2]} >>`
  const pages = textPages([`${textAt(72, 700, WORDS)}/X1 Do\n`])
  const objects = pages.map((object) => {
    if (typeof object !== 'string') return object
    return object
      .replace(
        '/Type /Catalog',
        `/Type /Catalog /URI << /Base (${url}/) >> ${open} /AcroForm << /XFA 6 0 R /Fields [] >>`,
      )
      .replace('/Type /Page /Parent', `/Type /Page /Annots [${links}] /AA << /O ${actions[2]} >> /Parent`)
      .replace('/Font <<', '/XObject << /X1 7 0 R >> /Font <<')
  })
  const form = `<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template><image href="${url}/xfa.png"/></template></xdp:xdp>`
  // An image and a form whose data are in an external file.
  const image = `/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray /F ${file}`
  return rawPdf([...objects, { data: form }, { entries: image, data: '' }])
}

describe('the loaders and addresses in documents', () => {
  it('knowledge.sync opens none of a document of any format', async () => {
    const { url, counts } = await watchTraffic()
    const documents = [
      ...textFiles(url),
      { documentId: 'a.docx', content: docx(url) },
      { documentId: 'a.pdf', content: pdf(url) },
    ]
    const knowledge = createKnowledge({ store: memoryKnowledgeStore() })
    const report = await collectReport(knowledge.sync(documents))
    expect(report).toMatchObject({ added: documents.length, skipped: [] })
    expect(await counts()).toEqual(NONE)
  })

  it.each([
    ['docxLoader', docxLoader({ isolate: false }), docx],
    ['pdfLoader', pdfLoader({ isolate: false }), pdf],
  ] as const)('%s opens none without a thread', async (_, load, write) => {
    const { url, counts } = await watchTraffic()
    const { signal } = new AbortController()
    const { text } = await load({ documentId: 'a', content: write(url), mediaType: '', signal })
    expect(text).toContain('Penguins huddle')
    expect(await counts()).toEqual(NONE)
  })

  it('counts a connection and a call of fetch, so that the tests above can fail', async () => {
    const { url, counts } = await watchTraffic()
    await expect(fetch(url)).rejects.toThrow('no network')
    const socket = new Socket().connect(Number(new URL(url).port), '127.0.0.1')
    await once(socket, 'close')
    expect(await counts()).toEqual({ fetch: 1, connect: 1, connections: 1 })
  })
})
