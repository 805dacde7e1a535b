//! The payment providers: one folder each, with the same inner files. `docs/providers/` has a page
//! for each.

pub mod alipay;
pub mod antom;
pub mod eftpay;
pub mod nomad;
pub mod paycools;
pub mod registry;
pub mod wechatpay;
