/** What somebody may do: look, run and roll back as well, or change everything. Apart, for those who load no schema. */
export type Role = 'viewer' | 'operator' | 'admin'
