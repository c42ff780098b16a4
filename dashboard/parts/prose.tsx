/** A description as history keeps it: what stands between backticks, a command or an IAM action, is shown as code. */
export function Prose({ text }: { readonly text: string }) {
  return <>{text.split('`').map((piece, index) => (index % 2 === 1 ? <code key={index}>{piece}</code> : piece))}</>
}
