/** The schema that holds the views which people read. */
export function schemaOf(name: string): string {
  return name.toLowerCase()
}

/** The schema that holds the partitioned tables behind the views. */
export function snapshotSchemaOf(name: string): string {
  return `${name.toLowerCase()}_snapshots`
}
