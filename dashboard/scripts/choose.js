// Several tables at once: a box that ticks all others of a name, and a purpose for those that are ticked.
{
  const boxes = (name) => [...document.querySelectorAll(`input[name="${name}"]`)]

  const ready = () => {
    for (const bar of document.querySelectorAll('[data-bulk]')) bar.hidden = false
    for (const all of document.querySelectorAll('[data-chooses]')) show(all)
  }

  const show = (all) => {
    const ticked = boxes(all.dataset.chooses).filter(({ checked }) => checked).length
    all.checked = ticked === boxes(all.dataset.chooses).length
    all.indeterminate = ticked > 0 && !all.checked
  }

  document.addEventListener('change', ({ target }) => {
    const { chooses, sets } = target.dataset
    if (chooses) for (const box of boxes(chooses)) box.checked = target.checked
    if (sets && target.value) {
      for (const { value, checked } of boxes('table')) {
        if (checked) document.getElementsByName(`${sets}.${value}`)[0].value = target.value
      }
    }
    for (const all of document.querySelectorAll('[data-chooses]')) if (target.name === all.dataset.chooses) show(all)
  })
  document.addEventListener('DOMContentLoaded', ready)
}
