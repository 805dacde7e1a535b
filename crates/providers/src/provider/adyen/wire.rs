//! Adyen's minor units, and what an item's payload shows.

use crate::kit::exponents::ExponentTable;
use crate::wire::payload::Rules;

/// Adyen's own minor units (<https://docs.adyen.com/development-resources/currency-codes>). They
/// differ from ISO 4217 for CLP, ISK, CVE and IDR. A currency that is not on the page has ISO's.
pub(super) const EXPONENTS: ExponentTable = ExponentTable {
    listed: &[
        (0, &["CVE", "DJF", "GNF", "IDR", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"]),
        (0, &["XAF", "XOF", "XPF"]),
        (2, &["AED", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT"]),
        (2, &["BGN", "BMD", "BND", "BOB", "BRL", "BSD", "BWP", "BYN", "BZD", "CAD", "CHF", "CLP"]),
        (2, &["CNY", "COP", "CRC", "CUP", "CZK", "DKK", "DOP", "DZD", "EGP", "ETB", "EUR", "FJD"]),
        (2, &["FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF"]),
        (2, &["ILS", "INR", "ISK", "JMD", "KES", "KGS", "KHR", "KYD", "KZT", "LAK", "LBP", "LKR"]),
        (2, &["MAD", "MDL", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR"]),
        (2, &["MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR"]),
        (2, &["PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SBD", "SCR", "SEK", "SGD", "SHP", "SLE"]),
        (2, &["SOS", "SRD", "STN", "SVC", "SZL", "THB", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH"]),
        (2, &["USD", "UYU", "UZS", "VEF", "WST", "XCD", "YER", "ZAR", "ZMW"]),
        (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
    ],
    others: None,
};

/// The members of `additionalData` that a payload shows. All others may be about the payer: card,
/// holder, IBAN, mail, address, IP, social number.
const SHOWN: [&str; 7] = [
    "arn",
    "acquirerReference",
    "bookingDate",
    "merchantOrderReference",
    "originalMerchantReference",
    "store",
    "paymentLinkId",
];

/// What a payload shows of an item.
pub(super) const PAYLOAD: Rules<'_> =
    Rules { left_out: &[], masked: &[], only: &[("additionalData", &SHOWN)] };
