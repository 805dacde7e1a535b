// Looks at the console with a real browser: every page in both widths and schemes, without a mouse,
// without script, behind a proxy, with hostile texts, and from another site.
//
// node check.mjs PROGRAM CHROMIUM DIRECTORY: the program, the browser, and a folder for the state and
// for the screenshots, which stay there for people to look at.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { MARKUP, USER, startDemo, startNginx, startOtherSite, startService, stopAll } from './scene.mjs';

const [program, chromium, directory] = process.argv.slice(2);
const require = createRequire(join(directory, 'packages', 'package.json'));
const { chromium: browsers } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const screenshots = join(directory, 'screenshots');
mkdirSync(screenshots, { recursive: true });

let passed = 0;
const failures = [];

/** Runs one check, and says how it went. */
async function check(name, run) {
  try {
    await run();
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    failures.push(name);
    console.log(`FAILED  ${name}\n${String(error.stack ?? error).split('\n').slice(0, 12).join('\n')}`);
  }
}

/** Opens a page in a browser window of its own, notes its errors, and closes it. */
async function inPage(options, run) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    timezoneId: 'Asia/Hong_Kong',
    extraHTTPHeaders: USER,
    ...options,
  });
  const page = await context.newPage();
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('dialog', (dialog) => { errors.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  // Who goes on to another page aborts what still loads.
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    if (why !== 'net::ERR_ABORTED') errors.push(`${request.url()}: ${why}`);
  });
  try {
    await run(page, errors);
    assert.deepEqual(errors, [], 'errors of the page');
  } finally {
    await context.close();
  }
}

/** Requires that axe finds nothing serious. */
async function accessible(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
  const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(' ')}`);
  assert.deepEqual(found, [], 'findings of axe');
}

/** Requires that the page is not wider than the window. */
async function fits(page) {
  const [page_, window_] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(page_ <= window_, `the page is ${page_} wide in a window of ${window_}`);
}

const browser = await browsers.launch({ executablePath: chromium, args: ['--no-sandbox'] });
try {
  const state = join(directory, 'state');
  const demo = await startDemo(program, state);
  await check('the demo prints the address of its console, which shows its refunds', async () => {
    assert.ok(demo, 'the demo prints an address');
    await inPage({ extraHTTPHeaders: {} }, async (page) => {
      await page.goto(demo);
      await page.getByRole('link', { name: 'Refunds', exact: true }).click();
      assert.equal(await page.locator('tbody tr').count(), 50);
      assert.match(await page.locator('footer').innerText(), /loopback · viewer/);
    });
  });
  await stopAll();
  const { operator, simulate } = await startService(program, state);
  simulate('eftpay', 'unknown-status', 'demo-eftpay', '--refund', MARKUP);
  simulate('eftpay', 'tampered', 'demo-eftpay');
  const of = async (path) => (await fetch(`${operator}/api/v1/${path}`, { headers: USER })).json();
  const refund = (await of('refunds?limit=500')).items.find((it) => it.merchant_refund_id === MARKUP);
  const newest = async (verdict) => (await of(`deliveries?verdict=${verdict}&limit=1`)).items[0];
  const [recorded, refused] = [await newest('recorded'), await newest('refused')];
  const encrypted = (await of('deliveries?account=demo-wechatpay&verdict=recorded&limit=1')).items[0];

  const pages = {
    attention: '/',
    refunds: '/refunds?status=succeeded&status=failed&zone=Asia/Hong_Kong',
    refund: `/refunds/${refund.refund_id}`,
    deliveries: '/deliveries',
    refused: `/deliveries/${refused.delivery_id}`,
    pretty: `/deliveries/${recorded.delivery_id}?show=pretty`,
    raw: `/deliveries/${encrypted.delivery_id}?show=raw`,
    decrypted: `/deliveries/${encrypted.delivery_id}?show=decrypted`,
    accounts: '/accounts',
    account: '/accounts/demo-wechatpay',
    feed: '/feed',
    reports: '/reports?as_of=1m',
  };
  for (const [name, path] of Object.entries(pages)) {
    for (const width of [390, 1280]) {
      for (const colorScheme of ['light', 'dark']) {
        await check(`${name}, ${width} pixels, ${colorScheme}`, () => inPage(
          { viewport: { width, height: 844 }, colorScheme },
          async (page) => {
            const answer = await page.goto(operator + path);
            assert.equal(answer.status(), 200);
            await fits(page);
            await accessible(page);
            await page.screenshot({ path: join(screenshots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
          },
        ));
      }
    }
  }

  await check('what is not there is a page too', () => inPage({}, async (page, errors) => {
    assert.equal((await page.goto(`${operator}/nothing/here`)).status(), 404);
    await accessible(page);
    // The browser itself notes the status.
    errors.splice(0);
  }));

  // A script of it would open a dialog, which is an error of the page.
  await check('a text with markup appears as text', () => inPage({}, async (page) => {
    for (const path of [pages.refund, '/refunds', '/feed', pages.pretty, pages.raw]) {
      await page.goto(operator + path);
      assert.equal(await page.locator('main script, main b:text-is("退款")').count(), 0, path);
    }
    await page.goto(operator + pages.refund);
    assert.ok((await page.locator('.headline').innerText()).includes(MARKUP));
    assert.equal(await page.locator('.headline [lang=zh]').innerText(), MARKUP);
  }));

  await check('times are in the zone of the reader, with UTC beside them', () => inPage({}, async (page) => {
    await page.goto(operator + pages.refund);
    const time = page.locator('main time').first();
    const [shown, title, exact] = await time.evaluate((it) => [it.textContent, it.title, it.dateTime]);
    assert.equal(Date.parse(`${shown.replace(' ', 'T')}+08:00`), Math.floor(Date.parse(exact) / 1000) * 1000);
    assert.match(title, / UTC$/);
    await page.goto(`${operator}${pages.refund}?zone=America/New_York`);
    const there = await page.locator('main time').first().textContent();
    const offset = Date.parse(`${there.replace(' ', 'T')}Z`) - Math.floor(Date.parse(exact) / 1000) * 1000;
    assert.ok([-4, -5].includes(offset / 3_600_000), `${there} ${exact}`);
  }));

  await check('everything works without script', () => inPage({ javaScriptEnabled: false }, async (page) => {
    await page.goto(`${operator}/`);
    await page.getByRole('link', { name: 'Refunds', exact: true }).click();
    await page.getByLabel('failed').check();
    await page.getByRole('button', { name: 'Show' }).click();
    assert.equal(new URL(page.url()).search, '?status=failed');
    assert.equal(await page.locator('tbody .mark:not(.is-failed)').count(), 0);
    await page.locator('td.what a').first().click();
    assert.match(await page.locator('h1').innerText(), /failed/);
    await page.getByRole('searchbox').fill(refused.delivery_id);
    await page.getByRole('searchbox').press('Enter');
    assert.match(page.url(), /\/deliveries\/[0-9a-f-]{36}$/);
    await page.getByRole('link', { name: 'Show raw' }).click();
    assert.ok(await page.locator('pre').count() >= 1);
    await page.getByRole('link', { name: 'Feed', exact: true }).click();
    await page.locator('#on').click();
    simulate('eftpay', 'succeeded', 'demo-eftpay');
    await page.locator('#on').click();
    await page.reload();
    await page.getByRole('link', { name: 'Reports', exact: true }).click();
    assert.ok(await page.locator('.chart rect').count() > 0, 'charts need no script');
  }));

  await check('everything works with the keyboard alone', () => inPage({}, async (page) => {
    await page.goto(`${operator}/`);
    const focused = () => page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return { text: document.activeElement.textContent.trim(), seen: outlineStyle !== 'none' && outlineWidth !== '0px' };
    });
    await page.keyboard.press('Tab');
    assert.equal((await focused()).text, 'Skip to the content');
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab');
      const { text, seen } = await focused();
      assert.ok(seen, `the focus is visible on ${text}`);
      if (text === 'Deliveries') break;
    }
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/deliveries$/);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'content');
    await page.keyboard.press('/');
    await page.keyboard.type(MARKUP);
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(`/refunds/${refund.refund_id}$`));
  }));

  await check('the feed is live', () => inPage({}, async (page) => {
    await page.goto(`${operator}/feed`);
    await page.getByText('Live: new events').waitFor();
    simulate('eftpay', 'succeeded', 'demo-eftpay', '--refund', 'live-<i>1</i>');
    await page.getByRole('link', { name: 'live-<i>1</i>' }).waitFor();
    assert.equal(await page.locator('tbody i').count(), 0);
    const [first, money] = await page.locator('tbody tr').first().evaluate((row) => [row.cells[0].innerText, row.cells[1].innerText]);
    assert.equal(first, 'live-<i>1</i>');
    assert.match(money, /^\d+\.\d\d HKD$/);
  }));

  await check('a form of another site is refused', async () => {
    const site = await startOtherSite(`${operator}${pages.refund}/resolve`);
    await inPage({}, async (page, errors) => {
      await page.goto(site);
      const answer = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.getByRole('button').click();
      assert.equal((await answer).status(), 403);
      await page.getByText('comes from a page of another site').waitFor();
      errors.splice(0);
    });
    assert.equal((await of(`refunds/${refund.refund_id}`)).needs_attention, true);
  });

  await check('an operator replays, dismisses, notes and resolves', () => inPage({}, async (page) => {
    await page.goto(`${operator}/deliveries?verdict=refused&account=demo-eftpay`);
    await page.getByText('Act on all that match').click();
    await page.getByRole('button', { name: /dry run/ }).click();
    assert.match(await page.locator('main').innerText(), /still refused/);
    await accessible(page);
    await page.screenshot({ path: join(screenshots, 'dry-run.png'), fullPage: true });
    await page.getByRole('button', { name: 'Replay them now' }).click();
    await page.getByRole('heading', { name: 'Replayed' }).waitFor();
    await page.goto(`${operator}/deliveries?waiting=true&account=demo-eftpay`);
    await page.getByText('Act on all that match').click();
    await page.getByLabel('Why they need no repair').fill('a scanner');
    await page.getByRole('button', { name: /Dismiss all/ }).click();
    await page.getByRole('button', { name: 'Dismiss them now' }).click();
    await page.getByText('wait no longer').waitFor();
    await page.goto(operator + pages.refund);
    await page.getByLabel('What you found or did').fill('asked the bank <b>twice</b>');
    await page.getByRole('button', { name: 'Note' }).click();
    await page.getByText('noted: asked the bank <b>twice</b>').waitFor();
    assert.ok(await page.getByText('needs attention').count() > 0);
    await page.getByLabel('What you found or did').fill('银行已确认 <b>ok</b>');
    await page.getByRole('button', { name: 'Resolve' }).click();
    await page.getByText('has looked').waitFor();
    assert.equal(await page.getByText('needs attention').count(), 0);
    await accessible(page);
  }));

  const behind = await startNginx(operator, state);
  if (behind) {
    await check('the console works below a path behind nginx', () => inPage({ extraHTTPHeaders: {} }, async (page) => {
      const outside = [];
      page.on('response', (response) => {
        const isInside = response.url().startsWith(`${behind}/`);
        if (!isInside || response.status() >= 400) outside.push(`${response.status()} ${response.url()}`);
      });
      await page.goto(`${behind}/`);
      for (const name of ['Refunds', 'Deliveries', 'Accounts', 'Reports', 'Attention', 'Feed']) {
        await page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name }).click();
        await page.locator(`nav a[aria-current=page]:text-is("${name}")`).waitFor();
      }
      await page.getByText('Live: new events').waitFor();
      await page.getByRole('link', { name: 'Refunds', exact: true }).click();
      await page.locator('td.what a').first().click();
      await page.getByLabel('What you found or did').fill('behind nginx');
      await page.getByRole('button', { name: 'Resolve' }).click();
      await page.getByText('behind nginx').waitFor();
      assert.deepEqual(outside, [], 'answers from outside of the path, or with an error');
    }));
  } else {
    console.log('SKIPPED the console below a path: nginx is not installed');
  }
} finally {
  await browser.close();
  await stopAll();
}

console.log(`\nscreenshots: ${screenshots}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;
