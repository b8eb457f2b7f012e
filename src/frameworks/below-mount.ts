/**
 * Returns the part of a path below a mount point. It counts segments, because those of a mount point may be parameters
 * (`/:tenant/api`).
 */
export function belowMount(path: string, mount: string): string {
  const depth = mount.split('/').filter((segment) => segment !== '').length
  return `/${path
    .split('/')
    .slice(1 + depth)
    .join('/')}`
}
