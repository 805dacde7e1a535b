// Feeds the notifications that `simulate.py` made to Node SDKs. `verify` runs it.

import assert from 'node:assert'
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(`${join(process.env.REFEREES_NODE, 'node_modules')}/`)
const { hmacValidator: HmacValidator } = require('@adyen/api-library')
const { AlipaySdk } = require('alipay-sdk')
const Stripe = require('stripe')
const PayMongo = require('paymongo-node')
const { Aes, Formatter, Rsa } = require('wechatpay-axios-plugin')

const folder = process.argv[2]
const read = (name) => readFileSync(join(folder, name), 'utf8')
const publicKey = read('public.pem')
const notifications = JSON.parse(read('notifications.json'))
const alipay = new AlipaySdk({
  appId: '2021000000000001',
  privateKey: read('private.pem'),
  keyType: 'PKCS8',
  alipayPublicKey: publicKey,
})
const V3_STATUS = {
  canceled: 'CLOSED', requires_action: 'ABNORMAL', pending: 'PROCESSING', 'unknown-status': 'LIMBO',
}

/** The SDK verifies and decrypts; what it read must be what was asked for. */
function wechatpayBelieves(made) {
  const headers = Object.fromEntries(made.headers)
  const { 'wechatpay-timestamp': timestamp, 'wechatpay-nonce': nonce } = headers
  const message = Formatter.response(timestamp, nonce, made.body)
  if (!Rsa.verify(message, headers['wechatpay-signature'], publicKey)) return false
  const { resource } = JSON.parse(made.body)
  const refund = JSON.parse(Aes.AesGcm.decrypt(resource.ciphertext, notifications.api_v3_key,
    resource.nonce, resource.associated_data))
  assert.equal(refund.refund_status, V3_STATUS[made.scenario] ?? 'SUCCESS')
  assert.equal(refund.out_refund_no === '', made.scenario === 'malformed')
  assert.equal(refund.amount.refund, 8850)
  assert.equal(refund.user_received_account, '招商银行信用卡0403')
  return true
}

/** Not the older checkNotifySign, which decodes twice and so stumbles over any percent sign. */
function alipayBelieves(made) {
  return alipay.checkNotifySignV2(Object.fromEntries(new URLSearchParams(made.body)))
}

/** Also judges how old the time of signing is. */
function stripeBelieves(made) {
  const { 'stripe-signature': signature } = Object.fromEntries(made.headers)
  try {
    Stripe.webhooks.constructEvent(made.body, signature, notifications.secret)
    return true
  } catch (error) {
    if (error.type === 'StripeSignatureVerificationError') return false
    throw error
  }
}

function adyenBelieves(made) {
  const items = JSON.parse(made.body).notificationItems
  const validator = new HmacValidator()
  return items.every((item) =>
    validator.validateHMAC(item.NotificationRequestItem, notifications.hmac_key))
}

/** The SDK takes the signature of live mode, or else that of test mode. */
function paymongoBelieves(made) {
  const { webhooks } = new PayMongo('not used')
  const signatureHeader = Object.fromEntries(made.headers)['paymongo-signature']
  try {
    webhooks.constructEvent({
      payload: made.body, signatureHeader, webhookSecretKey: notifications.secret,
    })
  } catch (error) {
    if (error.constructor.name === 'SignatureVerificationError') return false
    throw error
  }
  return true
}

/** For providers that publish no library. */
function isHmac(presented, ...text) {
  const hmac = createHmac('sha256', notifications.secret)
  text.forEach((part) => hmac.update(part, 'utf8'))
  return timingSafeEqual(hmac.digest(), Buffer.from(presented, 'hex'))
}

function airwallexBelieves(made) {
  const { 'x-timestamp': timestamp, 'x-signature': signature } = Object.fromEntries(made.headers)
  return isHmac(signature, timestamp, made.body)
}

function checkoutBelieves(made) {
  const { authorization, 'cko-signature': signature } = Object.fromEntries(made.headers)
  assert.equal(authorization, notifications.authorization)
  return isHmac(signature, made.body)
}

function qfpayBelieves(made) {
  const { 'x-qf-sign': presented } = Object.fromEntries(made.headers)
  const digest = createHash('md5').update(made.body, 'utf8').update(notifications.secret, 'utf8')
  return digest.digest('hex').toUpperCase() === presented
}

const REFEREES = {
  airwallex: ['node:crypto', airwallexBelieves],
  checkout: ['node:crypto', checkoutBelieves],
  qfpay: ['node:crypto', qfpayBelieves],
  adyen: ['@adyen/api-library', adyenBelieves],
  paymongo: ['paymongo-node', paymongoBelieves],
  wechatpay: ['wechatpay-axios-plugin', wechatpayBelieves],
  nomad: ['wechatpay-axios-plugin', wechatpayBelieves],
  alipay: ['alipay-sdk', alipayBelieves],
  stripe: ['stripe', stripeBelieves],
}

for (const made of notifications.made) {
  if (!(made.provider in REFEREES)) continue
  const [sdk, believes] = REFEREES[made.provider]
  let verdict
  let why = ''
  try {
    verdict = believes(made) ? 'believed' : 'refused'
  } catch (error) {
    verdict = 'not judged'
    why = `: ${error.message.split('\n')[0]}`
  }
  const good = verdict === (made.good ? 'believed' : 'refused')
  if (!good) process.exitCode = 1
  console.log(`${good ? 'ok' : 'FAILED'}  ${sdk}: ${made.name}: ${verdict}${why}`)
}
