//! Measures one stretch of publishing, and its cost.

use anyhow::Result;
use hdrhistogram::Histogram;

use super::{Count, Load, PublishRate};
use crate::process::{as_float, own_cpu as own_cpu_now};

/// Deliveries and costs of one stretch.
#[derive(Debug)]
pub(crate) struct Round {
    pub(crate) published: u64,
    pub(crate) delivered: u64,
    pub(crate) answers: u64,
    /// Seconds until the last acknowledgement, and until the last delivery.
    pub(crate) publishing: f64,
    pub(crate) delivering: f64,
    /// Nanoseconds of the server and of the generator.
    pub(crate) server_cpu: u64,
    pub(crate) own_cpu: u64,
    latency: Histogram<u64>,
}

impl Load {
    /// Publishes so many messages, and waits for all deliveries and for an idle server.
    pub(crate) fn measure(&mut self, count: u64, pace: PublishRate) -> Result<Round> {
        self.measure_rounds(1, count, pace)
    }

    /// Publishes so many messages at a server that never comes to rest, and waits for all deliveries.
    pub(crate) fn measure_amid_others(&mut self, count: u64, pace: PublishRate) -> Result<Round> {
        self.measure_stretches(1, count, pace, |_| Ok(()))
    }

    /// Measures several such stretches, each from idle to idle.
    pub(crate) fn measure_rounds(&mut self, rounds: u64, count: u64, pace: PublishRate) -> Result<Round> {
        self.measure_stretches(rounds, count, pace, Self::settle)
    }

    fn measure_stretches(
        &mut self,
        rounds: u64,
        count: u64,
        pace: PublishRate,
        settle: fn(&mut Self) -> Result<()>,
    ) -> Result<Round> {
        settle(self)?;
        self.count = Count::new()?;
        let server = self.account.cpu()?;
        let (mut publishing, mut delivering, mut own_cpu) = (0.0, 0.0, 0);
        for _ in 0..rounds {
            let (start, own) = (self.now(), own_cpu_now());
            self.publish(count, pace)?;
            // Waiting for an idle server is no part of the load.
            own_cpu += own_cpu_now() - own;
            publishing += as_float(self.count.last_acknowledged.saturating_sub(start)) / 1e9;
            delivering += as_float(self.count.last_delivered.saturating_sub(start)) / 1e9;
            settle(self)?;
        }
        let server_cpu = self.account.cpu()? - server;
        let count_now = std::mem::replace(&mut self.count, Count::new()?);
        Ok(Round {
            published: count_now.acknowledged,
            delivered: count_now.delivered,
            answers: count_now.answers,
            publishing,
            delivering,
            server_cpu,
            own_cpu,
            latency: count_now.latency,
        })
    }
}

impl Round {
    /// The server's microseconds for each delivery.
    pub(crate) fn cpu_per_delivery(&self) -> f64 {
        ratio(as_float(self.server_cpu) / 1000.0, self.delivered)
    }

    /// The generator's microseconds for each delivery.
    pub(crate) fn own_per_delivery(&self) -> f64 {
        ratio(as_float(self.own_cpu) / 1000.0, self.delivered)
    }

    /// Messages per response.
    pub(crate) fn per_answer(&self) -> f64 {
        ratio(as_float(self.delivered), self.answers)
    }

    /// Publish to deliver at this quantile, in milliseconds.
    pub(crate) fn latency(&self, quantile: f64) -> f64 {
        as_float(self.latency.value_at_quantile(quantile)) / 1e6
    }

    /// The longest, in milliseconds.
    pub(crate) fn longest(&self) -> f64 {
        as_float(self.latency.max()) / 1e6
    }
}

fn ratio(value: f64, count: u64) -> f64 {
    if count == 0 { f64::NAN } else { value / as_float(count) }
}
