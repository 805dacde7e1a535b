// Refund notifications that Node SDKs sign and encrypt. `make` runs it.

import assert from 'node:assert'
import { createHmac, createPrivateKey, createPublicKey } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const modules = join(process.env.REFEREES_NODE, 'node_modules')
const require = createRequire(`${modules}/`)
const { hmacValidator: HmacValidator } = require('@adyen/api-library')
const { AlipaySdk } = require('alipay-sdk')
const Stripe = require('stripe')
// Not exported by the package, but what it signs OpenAPI 3.0 with.
const { signatureV3 } = require(join(modules, 'alipay-sdk/dist/commonjs/util.js'))
const PayMongo = require('paymongo-node')
const { Aes, Formatter, Hash, Rsa, Transformer } = require('wechatpay-axios-plugin')

const RECEIVED = '2026-01-01T00:00:01Z'
const SIGNED = 1767225600
const V3_KEY = 'ThrowAwayApiV3Key-0123456789-abc'
const V2_KEY = 'ThrowAwayApiV2KeyAbCdEf012345678'
const V2_FINGERPRINT = 'be2e23bf88e9'

const xml = (code, message) =>
  `<xml><return_code><![CDATA[${code}]]></return_code>` +
  `<return_msg><![CDATA[${message}]]></return_msg></xml>`
const ANSWERS = {
  v3: ['application/json', '{"code":"SUCCESS","message":"成功"}',
    '{"code":"FAIL","message":"signature verification failed"}'],
  v2: ['text/xml', xml('SUCCESS', 'OK'), xml('FAIL', 'signature verification failed')],
  alipay: ['text/plain', 'success', 'fail'],
  plain: ['application/json', '{"received":true}', '{"error":"invalid signature"}'],
  stripe: ['application/json', '{"received":true}', '{"error":"invalid signature"}'],
  paymongo: ['application/json', '{"message":"SUCCESS"}', '{"message":"INVALID SIGNATURE"}'],
  adyen: ['text/plain', '[accepted]', 'invalid signature'],
}

function key(name) {
  const file = new URL(`../fixtures/generate/keys/${name}.pem`, import.meta.url)
  const privateKey = createPrivateKey(readFileSync(file))
  const publicKey = createPublicKey(privateKey)
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
  }
}

const accepted = (keyId, form, event) => ({
  verdict: 'recorded', reason: null, key_id: keyId, signature_form: form, events: [event],
})
const refused = (reason) => ({
  verdict: 'refused', reason, key_id: null, signature_form: null, events: [],
})

/** Writes a notification in the form that tests/fixtures/README.md gives. */
function write(name, about, account, path, headers, body, expected, dialect) {
  const good = expected.verdict !== 'refused'
  const [contentType, success, failure] = ANSWERS[dialect]
  const reply = {
    status: good ? 200 : 401, content_type: contentType, body: good ? success : failure,
  }
  const made = {
    about, account, request: { path, headers, body }, received_at: RECEIVED,
    expected: { ...expected, reply },
  }
  const file = new URL(`made/${name}.json`, import.meta.url)
  writeFileSync(file, `${JSON.stringify(made, null, 2)}\n`)
  console.log(`${name}: ${about}`)
}

// WeChat Pay v3: wechatpay-axios-plugin encrypts and signs.

const wechatpay = key('wechatpay_public')

function wechatpayAccount(others) {
  return {
    provider: 'wechatpay',
    mchid: '1900000109',
    api_v3_keys: [V3_KEY],
    ...others,
    public_keys: [{ id: 'PUB_KEY_ID_0114', pem: wechatpay.publicKey }],
  }
}

function v3(name, about, eventType, refund, event, altered) {
  const iv = '0123456789AB'
  const body = JSON.stringify({
    id: 'EV-2026010108000012346',
    create_time: '2026-01-01T08:00:00+08:00',
    resource_type: 'encrypt-resource',
    event_type: eventType,
    summary: '退款',
    resource: {
      original_type: 'refund',
      algorithm: 'AEAD_AES_256_GCM',
      ciphertext: Aes.AesGcm.encrypt(JSON.stringify(refund), V3_KEY, iv, 'refund'),
      associated_data: 'refund',
      nonce: iv,
    },
  })
  const nonce = 'CQ2502SI8ZNMTM67VS5K8264ILTKCH16'
  const signature = Rsa.sign(Formatter.response(SIGNED, nonce, body), wechatpay.privateKey)
  const sent = altered ? altered(body) : body
  assert(!altered || sent !== body)
  const message = Formatter.response(SIGNED, nonce, sent)
  assert.equal(Rsa.verify(message, signature, wechatpay.publicKey), !altered)
  const headers = [
    ['Content-Type', 'application/json'],
    ['Wechatpay-Timestamp', `${SIGNED}`],
    ['Wechatpay-Nonce', nonce],
    ['Wechatpay-Serial', 'PUB_KEY_ID_0114'],
    ['Wechatpay-Signature', signature],
    ['Wechatpay-Signature-Type', 'WECHATPAY2-SHA256-RSA2048'],
  ]
  const expected = altered
    ? refused('signature_mismatch')
    : accepted('PUB_KEY_ID_0114', 'headers_and_body', event)
  write(`wechatpay_v3_node_${name}`, about, wechatpayAccount(), '/notify/wechatpay/cn-main',
    headers, sent, expected, 'v3')
}

const v3Refund = {
  mchid: '1900000109',
  transaction_id: '4200000000202601010000000005',
  out_trade_no: 'ORDER-JS-1',
  refund_id: '50300000012026010100000000005',
  out_refund_no: 'REFUND-JS-1',
  refund_status: 'SUCCESS',
  success_time: '2026-01-01T07:59:58+08:00',
  user_received_account: '招商银行信用卡0403',
  amount: { total: 1000, refund: 999, payer_total: 1000, payer_refund: 999 },
}
const v3Event = {
  merchant_refund_id: 'REFUND-JS-1',
  provider_refund_id: '50300000012026010100000000005',
  status: 'succeeded',
  amount_minor: 999,
  order_amount_minor: 1000,
  currency: 'CNY',
  authenticity: 'verified',
}
v3('succeeded', "wechatpay-axios-plugin's Aes.AesGcm and Rsa.", 'REFUND.SUCCESS', v3Refund, v3Event)
v3('global', 'Of the global edition: another currency.', 'REFUND.SUCCESS',
  { ...v3Refund, amount: { ...v3Refund.amount, currency: 'HKD' } },
  { ...v3Event, currency: 'HKD' })
const { success_time: _, ...open } = v3Refund
v3('abnormal', 'A refund that the merchant must act on.', 'REFUND.ABNORMAL',
  { ...open, refund_status: 'ABNORMAL' }, { ...v3Event, status: 'requires_action' })
v3('altered', 'Altered after wechatpay-axios-plugin signed it.', 'REFUND.SUCCESS', v3Refund, {},
  (body) => body.replace('REFUND.SUCCESS', 'REFUND.CLOSED'))

// WeChat Pay v2: wechatpay-axios-plugin writes the XML and encrypts.

function v2(name, about, remainder, event, status) {
  const members = {
    out_refund_no: 'REFUND-JS-2',
    out_trade_no: 'ORDER-JS-2',
    refund_fee: '999',
    refund_id: '50300000012026010100000000006',
    refund_recv_accout: '支付用户零钱 <&>',
    refund_request_source: 'API',
    refund_status: status,
    settlement_refund_fee: '999',
    settlement_total_fee: '1000',
    success_time: '2026-01-01 07:59:58',
    total_fee: '1000',
    transaction_id: '4200000000202601010000000006',
  }
  // The SDK calls every root `xml`; WeChat Pay calls the inner one `root`.
  const root = (text) => text.replace(/^<xml>/, '<root>').replace(/<\/xml>$/, '</root>')
  const bytes = (fill) => root(Transformer.toXml({ ...members, remark: 'x'.repeat(fill) }))
  const short = Buffer.byteLength(bytes(1))
  const plaintext = bytes(1 + ((remainder - short % 16 + 16) % 16))
  assert.equal(Buffer.byteLength(plaintext) % 16, remainder)
  const secret = Hash.md5(V2_KEY)
  const reqInfo = Aes.AesEcb.encrypt(plaintext, secret)
  assert.equal(Transformer.toObject(Aes.AesEcb.decrypt(reqInfo, secret)).refund_status, status)
  const body = Transformer.toXml({
    return_code: 'SUCCESS',
    appid: 'wx8888888888888888',
    mch_id: '1900000109',
    nonce_str: 'UlaxQz1Yc2pTeqClE3i0mvn3DrKMwe5r',
    req_info: reqInfo,
  })
  const expected = event
    ? accepted(V2_FINGERPRINT, 'decryption', event)
    : refused('signature_mismatch')
  write(`wechatpay_v2_node_${name}`, about, wechatpayAccount({ api_v2_keys: [V2_KEY] }),
    '/notify/wechatpay/cn-main', [['Content-Type', 'text/xml']], body, expected, 'v2')
}

const v2Event = {
  merchant_refund_id: 'REFUND-JS-2', amount_minor: 999, order_amount_minor: 1000,
  status: 'succeeded', authenticity: 'decrypted', completed_at: '2025-12-31T23:59:58Z',
}
v2('succeeded', "wechatpay-axios-plugin's Aes.AesEcb, Hash.md5 and Transformer.", 7, v2Event,
  'SUCCESS')
v2('closed', 'A refund that was closed.', 15,
  { ...v2Event, status: 'canceled' }, 'REFUNDCLOSE')
v2('unpadded', 'Whole blocks, to which wechatpay-axios-plugin adds no padding; PKCS#7 does.', 0,
  null, 'SUCCESS')

// Alipay: alipay-sdk signs; for messages of the app gateway it writes the whole body.

const alipay = key('alipay_2026')
const sdk = new AlipaySdk({
  appId: '2021000000000001',
  privateKey: alipay.privateKey,
  keyType: 'PKCS8',
  alipayPublicKey: alipay.publicKey,
})

function writeAlipay(name, about, body, expected, believed) {
  const members = Object.fromEntries(new URLSearchParams(body))
  assert.equal(sdk.checkNotifySignV2(members), believed, name)
  const account = {
    provider: 'alipay',
    app_id: '2021000000000001',
    seller_id: '2088000000000001',
    public_keys: [{ id: '2026', pem: alipay.publicKey }],
  }
  const headers = [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']]
  write(`alipay_node_${name}`, about, account, '/notify/alipay/cn-alipay', headers, body,
    expected, 'alipay')
}

const trade = {
  gmt_create: '2026-01-01 07:00:00',
  charset: 'utf-8',
  gmt_payment: '2026-01-01 07:00:05',
  notify_time: '2026-01-01 08:00:00',
  subject: "测试商品 a+b & 50% ~'()*",
  buyer_id: '2088000000000002',
  version: '1.0',
  notify_id: '2026010100222080000012345678901235',
  notify_type: 'trade_status_sync',
  out_trade_no: 'ORDER-JS-3',
  total_amount: '9.99',
  trade_status: 'TRADE_SUCCESS',
  trade_no: '2026010122001400000000000005',
  auth_app_id: '2021000000000001',
  app_id: '2021000000000001',
  seller_id: '2088000000000001',
  gmt_refund: '2026-01-01 07:59:58.320',
  refund_fee: '1.00',
  send_back_fee: '1.00',
  out_biz_no: 'REFUND-JS-3',
}
const tradeEvent = {
  merchant_refund_id: 'REFUND-JS-3',
  merchant_order_id: 'ORDER-JS-3',
  provider_payment_id: '2026010122001400000000000005',
  status: 'succeeded',
  order_refunded_minor: 100,
  order_amount_minor: 999,
  currency: 'CNY',
  authenticity: 'verified',
}

/** As the gateway signs trade notifications: sorted, not escaped, without sign_type. */
function signedTrade(members) {
  const text = Object.keys(members).sort().map((name) => `${name}=${members[name]}`).join('&')
  const sign = signatureV3(text, alipay.privateKey)
  return new URLSearchParams({ ...members, sign_type: 'RSA2', sign }).toString()
}

writeAlipay('part', "alipay-sdk's RSA, believed by its checkNotifySignV2.", signedTrade(trade),
  accepted('2026', 'empty_kept', tradeEvent), true)
writeAlipay('empty', 'An empty value, which alipay-sdk signs.', signedTrade({ ...trade, body: '' }),
  accepted('2026', 'empty_kept', tradeEvent), true)
writeAlipay('altered', 'Altered after it was signed.',
  signedTrade(trade).replace('refund_fee=1.00', 'refund_fee=9.00'),
  refused('signature_mismatch'), false)

const { app_id: _id, charset: _charset, version: _version, ...signed } = trade
const gateway = { timestamp: '2026-01-01 08:00:00' }
writeAlipay('sign_type_kept',
  'A trade notification with sign_type signed: alipay-sdk believes it, Alipay never sends it.',
  sdk.sdkExecute('not used', { ...gateway, ...signed }), refused('signature_mismatch'), true)

writeAlipay('depositback', "A message of the app gateway, all of it by alipay-sdk's sdkExecute.",
  sdk.sdkExecute('alipay.trade.refund.depositback.completed', {
    ...gateway,
    notify_id: '2026010200222102030000012345678905',
    utc_timestamp: '1767320431000',
    msg_method: 'alipay.trade.refund.depositback.completed',
    biz_content: {
      trade_no: '2026010122001400000000000005',
      out_trade_no: 'ORDER-JS-3',
      out_request_no: 'REFUND-JS-3',
      dback_status: 'F',
      dback_amount: '1.00',
      bank_ack_time: '2026-01-02 07:20:30',
    },
  }),
  accepted('2026', 'sign_type_kept', {
    merchant_refund_id: 'REFUND-JS-3',
    status: 'succeeded',
    settlement_status: 'failed',
    settlement_amount_minor: 100,
  }), true)

// Stripe: its own library signs, and its own library must accept or refuse as this service does.

const STRIPE_SECRET = 'whsec_throw_away_0123456789'
const STRIPE_FINGERPRINT = '71ce23bfb0a8'

function stripe(name, about, refund, expected, { age = 0, altered } = {}) {
  const payload = JSON.stringify({
    id: 'evt_JS4', object: 'event', api_version: '2024-10-28.acacia', created: SIGNED,
    livemode: false, type: 'refund.updated', data: { object: refund },
  }, null, 2)
  const header = Stripe.webhooks.generateTestHeaderString({
    payload, secret: STRIPE_SECRET, timestamp: SIGNED - age,
  })
  const sent = altered ? altered(payload) : payload
  assert(!altered || sent !== payload)
  const judge = () => Stripe.webhooks.constructEvent(
    sent, header, STRIPE_SECRET, 300, undefined, Date.parse(RECEIVED))
  if (expected.verdict === 'refused') assert.throws(judge)
  else assert.equal(judge().id, 'evt_JS4')
  write(`stripe_node_${name}`, about,
    { provider: 'stripe', secrets: [STRIPE_SECRET], livemode: false }, '/notify/stripe/shop-stripe',
    [['Content-Type', 'application/json'], ['Stripe-Signature', header]], sent, expected, 'stripe')
}

const stripeRefund = {
  id: 're_JS4', object: 'refund', amount: 8850, currency: 'hkd', status: 'succeeded',
  payment_intent: 'pi_JS4', reason: 'requested_by_customer', created: SIGNED - 100,
  metadata: { note: 'Rückgabe, 退款' },
}
const stripeEvent = {
  merchant_refund_id: 're_JS4',
  provider_payment_id: 'pi_JS4',
  status: 'succeeded',
  amount_minor: 8850,
  currency: 'HKD',
  completed_at: '2026-01-01T00:00:00Z',
  authenticity: 'verified',
}
const stripeAccepted = (event) => accepted(STRIPE_FINGERPRINT, 'timestamp_and_body', event)

stripe('succeeded', "Signed and accepted by stripe's own library.", stripeRefund,
  stripeAccepted(stripeEvent))
stripe('failed', 'The bank sent the money back.',
  { ...stripeRefund, status: 'failed', failure_reason: 'lost_or_stolen_card' },
  stripeAccepted({ ...stripeEvent, status: 'failed', failure_code: 'lost_or_stolen_card' }))
stripe('altered', 'Altered after it was signed.', stripeRefund, refused('signature_mismatch'),
  { altered: (payload) => payload.replace('8850', '9850') })
stripe('old', 'Signed 301 seconds before it arrived.', stripeRefund, refused('stale'), { age: 300 })

// PayMongo in test mode. The SDK has no signing, so Node's own HMAC signs and the SDK must accept.

const PAYMONGO_SECRET = 'whsk_throw_away_0123456789'
const PAYMONGO_FINGERPRINT = 'dfaffb2b3433'

function writePayMongo(name, about, status, expected, altered) {
  const attributes = {
    amount: 8850, currency: 'PHP', livemode: false, metadata: null, notes: 'Devolución',
    payment_id: 'pay_JS6', reason: 'others', status, created_at: SIGNED - 100,
    refunded_at: SIGNED - 2, updated_at: SIGNED - 1,
  }
  const body = JSON.stringify({ data: { id: 'evt_JS6', type: 'event', attributes: {
    type: 'payment.refund.updated', livemode: false,
    data: { id: 'ref_JS6', type: 'refund', attributes },
  } } })
  const digest = createHmac('sha256', PAYMONGO_SECRET).update(`${SIGNED}.${body}`).digest('hex')
  const header = `t=${SIGNED},te=${digest},li=`
  const sent = altered ? altered(body) : body
  assert.equal(sent === body, !altered)
  const construct = () => new PayMongo('not used').webhooks.constructEvent({
    payload: sent, signatureHeader: header, webhookSecretKey: PAYMONGO_SECRET,
  })
  if (altered) assert.throws(construct)
  else assert.equal(construct().resource.id, 'ref_JS6')
  const account = { provider: 'paymongo', secrets: [PAYMONGO_SECRET], livemode: false }
  const headers = [['Content-Type', 'application/json'], ['Paymongo-Signature', header]]
  write(`paymongo_node_${name}`, about, account, '/notify/paymongo/ph-paymongo', headers, sent,
    expected, 'paymongo')
}

const paymongoEvent = (status, others) => accepted(PAYMONGO_FINGERPRINT, 'timestamp_and_body', {
  merchant_refund_id: 'ref_JS6', provider_payment_id: 'pay_JS6', status, amount_minor: 8850,
  currency: 'PHP', authenticity: 'verified', ...others,
})
writePayMongo('succeeded', "Accepted by paymongo-node's constructEvent.", 'succeeded',
  paymongoEvent('succeeded', { completed_at: '2025-12-31T23:59:58Z' }))
writePayMongo('failed', 'A refund that failed.', 'failed', paymongoEvent('failed', {}))
writePayMongo('altered', 'Altered after it was signed.', 'succeeded',
  refused('signature_mismatch'), (body) => body.replace('8850', '9850'))

// Airwallex and Checkout.com publish no library, so Node's own HMAC signs.

const HMAC_SECRET = 'throw_away_0123456789'
const hmac = (text, secret = HMAC_SECRET) =>
  createHmac('sha256', secret).update(text, 'utf8').digest('hex')
const HMAC_FINGERPRINT = hmac('refund-inbox fingerprint v1').slice(0, 12)

function plain(name, about, provider, headers, body, expected, settings) {
  write(`${provider}_node_${name}`, about,
    { provider, secrets: [HMAC_SECRET], ...settings }, `/notify/${provider}/shop-${provider}`,
    [['Content-Type', 'application/json'], ...headers], body, expected, 'plain')
}

function airwallex(name, about, amount, expected, { time = `${SIGNED}000`, sent } = {}) {
  const refund = {
    id: 'rfd_JS5', status: 'SETTLED', amount: 0, currency: 'HKD', request_id: 'REFUND-JS-5',
    payment_intent_id: 'int_JS5', updated_at: '2026-01-01T07:59:58+0800', reason: '退款',
  }
  const event = { id: 'evt_JS5', name: 'refund.settled', accountId: 'acct_JS5' }
  const body = JSON.stringify({ ...event, data: { object: refund } })
    .replace('"amount":0', `"amount":${amount}`)
  const headers = [['x-timestamp', time], ['x-signature', hmac(`${time}${body}`)]]
  plain(name, about, 'airwallex', headers, sent ? sent(body) : body, expected)
}

const airwallexAccepted = accepted(HMAC_FINGERPRINT, 'timestamp_and_body', {
  merchant_refund_id: 'rfd_JS5',
  merchant_reference: 'REFUND-JS-5',
  status: 'succeeded',
  amount_minor: 8850,
  currency: 'HKD',
  occurred_at: '2025-12-31T23:59:58Z',
  authenticity: 'verified',
})
airwallex('succeeded', "Signed by Node's HMAC.", '88.50', airwallexAccepted)
airwallex('exponent', 'A number with an exponent.', '8.85e1', airwallexAccepted)
airwallex('reserialized', 'Read and written again by Node.', '88.50',
  refused('signature_mismatch'), { sent: (body) => JSON.stringify(JSON.parse(body)) })
airwallex('seconds', 'A time in seconds.', '88.50', refused('timestamp_malformed'),
  { time: `${SIGNED}` })

function checkout(name, about, type, expected, { authorization, sent } = {}) {
  const body = JSON.stringify({
    id: 'evt_JS6', type, version: '1.0.29', created_on: '2026-01-01T00:00:00.1234567Z',
    data: {
      id: 'pay_JS6', action_id: 'act_JS6', reference: 'ORDER-JS-6 ©', amount: 8850,
      currency: 'CLP', processed_on: '2025-12-31T23:59:58.1234567Z',
    },
  })
  const headers = [['Cko-Signature', hmac(body)]]
  if (authorization) headers.push(['Authorization', authorization])
  plain(name, about, 'checkout', headers, sent ? sent(body) : body, expected,
    { authorization: ['Bearer throw_away_0123456789'] })
}

const checkoutAccepted = (status) => accepted(HMAC_FINGERPRINT, 'body', {
  merchant_refund_id: 'act_JS6',
  provider_payment_id: 'pay_JS6',
  merchant_order_id: 'ORDER-JS-6 ©',
  status,
  amount_minor: 8850,
  currency: 'CLP',
  currency_exponent: 2,
  authenticity: 'verified',
})
const authorization = 'Bearer throw_away_0123456789'
checkout('succeeded', "Signed by Node's HMAC.", 'payment_refunded', checkoutAccepted('succeeded'),
  { authorization })
checkout('declined', 'Declined.', 'payment_refund_declined', checkoutAccepted('failed'),
  { authorization })
checkout('escaped', 'One character written as an escape.', 'payment_refunded',
  refused('signature_mismatch'),
  { authorization, sent: (body) => body.replace('©', '\\u00a9') })
checkout('no_authorization', 'The signature alone.', 'payment_refunded',
  refused('credential_missing'))

// Adyen: @adyen/api-library signs and verifies each item.

const ADYEN_KEY = '3A17D6C1B20F4E5D8C9B0A1F2E3D4C5B6A79880716253443526170FEDCBA9801'
const adyenItem = {
  amount: { currency: 'EUR', value: 8850 },
  eventCode: 'REFUND',
  eventDate: '2026-01-01T01:00:00+01:00',
  merchantAccountCode: 'ShopHK',
  merchantReference: '訂單 \\:/',
  originalReference: null,
  paymentMethod: 'visa',
  pspReference: 'PSP-JS-1',
  reason: '',
  success: 'true',
}

function makeAdyen(name, about, items, expected, altered) {
  const validator = new HmacValidator()
  const signed = items.map((item) => ({
    ...item, additionalData: { hmacSignature: validator.calculateHmac(item, ADYEN_KEY) },
  }))
  const sent = altered ? signed.map(altered) : signed
  assert.equal(sent.every((item) => validator.validateHMAC(item, ADYEN_KEY)), !altered, name)
  const account = { provider: 'adyen', hmac_keys: [ADYEN_KEY], live: false }
  const notificationItems = sent.map((item) => ({ NotificationRequestItem: item }))
  write(`adyen_node_${name}`, about, account, '/notify/adyen/shop-adyen',
    [['Content-Type', 'application/json']],
    JSON.stringify({ live: 'false', notificationItems }), expected, 'adyen')
}

const adyenEvent = {
  merchant_refund_id: 'PSP-JS-1',
  merchant_order_id: '訂單 \\:/',
  sub_merchant: 'ShopHK',
  status: 'succeeded',
  amount_minor: 8850,
  currency: 'EUR',
  authenticity: 'verified',
}
const second = { ...adyenItem, pspReference: 'PSP-JS-2', success: 'false' }
makeAdyen('two_items', 'Two refunds, each signed by itself; null is signed as empty.',
  [adyenItem, second], {
    ...accepted('d1c52368f006', 'members', adyenEvent),
    events: [adyenEvent, { merchant_refund_id: 'PSP-JS-2', status: 'failed' }],
  })
makeAdyen('one_altered', 'One of two was altered after signing.', [adyenItem, second],
  refused('signature_mismatch'),
  (item) => ({ ...item, success: 'true' }))
