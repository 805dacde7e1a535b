// What makes the console more comfortable. Every page works without it.
'use strict';

/** Shows times in the reader's zone, unless the reader chose one. UTC stays in the title. */
function showTimes(root) {
  if (document.documentElement.dataset.zone) return;
  const two = (number) => String(number).padStart(2, '0');
  for (const element of root.querySelectorAll('time[datetime]')) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
    const time = [two(at.getHours()), two(at.getMinutes()), two(at.getSeconds())].join(':');
    element.textContent = `${date} ${time}`;
  }
}

/** Sends the reader's zone with dates, so that they mean what the reader sees. */
function sendZone(zone) {
  const dates = /^\d{4}-\d\d-\d\d|^(today|yesterday)$/;
  for (const form of document.querySelectorAll('form.filters')) {
    form.addEventListener('submit', () => {
      const field = form.querySelector('input[name=zone]');
      const texts = [...form.querySelectorAll('input[type=text]')].map((input) => input.value);
      if (field && !field.value && texts.some((text) => dates.test(text))) field.value = zone;
    });
  }
}

/** Offers to copy what is worth copying. */
function offerCopies() {
  for (const element of document.querySelectorAll('[data-copy]')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy ${element.dataset.copy}`);
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(element.textContent);
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    });
    element.after(button);
  }
}

/** Goes to the search with the key "/". */
function goToSearch(event) {
  const isTyping = event.target.closest('input, textarea, select');
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  document.querySelector('.find input').focus();
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
showTimes(document);
sendZone(zone);
offerCopies();
document.addEventListener('keydown', goToSearch);
if (!document.documentElement.dataset.zone) {
  document.getElementById('zone').textContent = `${zone} (point at one for UTC)`;
}
