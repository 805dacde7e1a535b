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

/** Follows the feed: each event becomes a row at the top. All texts are set as text. */
function followFeed() {
  const feed = document.getElementById('feed');
  if (!feed || !feed.dataset.stream) return;
  const live = document.getElementById('live');
  const body = feed.querySelector('tbody');
  const source = new EventSource(feed.dataset.stream);
  source.onopen = () => { live.textContent = 'Live: new events appear at the top.'; };
  source.onerror = () => { live.textContent = 'Interrupted: connecting again …'; };
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    const row = document.createElement('tr');
    const cell = (name, ...parts) => {
      const made = document.createElement('td');
      made.className = name;
      made.append(...parts);
      row.append(made);
    };
    const element = (name, text, attributes = {}) => {
      const made = document.createElement(name);
      made.textContent = text;
      Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
      return made;
    };
    const link = `${feed.dataset.root}refunds/${encodeURIComponent(event.refund_id)}`;
    cell('what', element('a', event.merchant_refund_id, { href: link }));
    cell('money', inMajorUnits(event), ' ', element('small', event.currency ?? ''));
    cell('status', element('span', event.status.replaceAll('_', ' '), { class: `mark is-${event.status}` }));
    cell('account', event.account, ' ', element('small', event.provider));
    cell('when', element('time', event.received_at, { datetime: event.received_at, title: event.received_at }));
    cell('note', event.effect + (event.source === 'derived' ? ', derived' : ''));
    cell('order', String(event.seq));
    showTimes(row);
    body.prepend(row);
    feed.querySelector('.empty')?.remove();
    while (body.rows.length > 200) body.lastElementChild.remove();
  };
}

/** Writes an amount without floating point. */
function inMajorUnits(event) {
  if (event.amount_minor === null || event.currency_exponent === null) return '–';
  const digits = String(Math.abs(event.amount_minor)).padStart(event.currency_exponent + 1, '0');
  const cut = digits.length - event.currency_exponent;
  const sign = event.amount_minor < 0 ? '-' : '';
  return sign + digits.slice(0, cut) + (event.currency_exponent ? `.${digits.slice(cut)}` : '');
}

followFeed();
