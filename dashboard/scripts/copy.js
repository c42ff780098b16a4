// A button that copies the text of the element that its data-copy names.
document.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-copy]')
  if (!button) return
  const source = document.getElementById(button.dataset.copy)
  const text = 'value' in source ? source.value : source.textContent
  try {
    await navigator.clipboard.writeText(text)
    button.textContent = 'Copied'
  } catch {
    // plain HTTP to another machine has no clipboard: the text is selected instead
    getSelection().selectAllChildren(source)
    button.textContent = 'Selected: copy it'
  }
})
