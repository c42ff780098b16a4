// A pool's id begins with its Region, so that is chosen while the id is typed.
document.addEventListener('input', ({ target }) => {
  if (target.id !== 'poolId') return
  const region = document.getElementById('region')
  const [own] = target.value.trim().split('_')
  if ([...region.options].some(({ value }) => value === own)) region.value = own
})
