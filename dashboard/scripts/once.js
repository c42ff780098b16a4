// What a form was answered with stands at the form's address. Loading it again would send the form again, so it gets another one.
{
  const answer = document.querySelector('[data-address]')
  if (answer) history.replaceState(null, '', answer.dataset.address)
}
