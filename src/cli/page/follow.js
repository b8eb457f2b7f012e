// @ts-check

// The page follows the text while its end is in view; scrolling up stops that, scrolling down to it resumes.
let following = true
let frame = 0
let lastTop = 0

document.addEventListener('scroll', () => {
  const { scrollTop, scrollHeight, clientHeight } = document.documentElement
  if (scrollHeight - clientHeight - scrollTop < 24) following = true
  else if (scrollTop < lastTop) following = false
  lastTop = scrollTop
})

/** Goes to the end of the page, and follows it. */
export function followFromNow() {
  following = true
  follow()
}

/** Keeps the end of the page in view, unless the reader has scrolled up. */
export function follow() {
  if (!following || frame) return
  frame = requestAnimationFrame(() => {
    frame = 0
    if (following) scrollTo({ top: document.documentElement.scrollHeight })
  })
}
