//! Random faults.

use std::time::Duration;

use tokio::time::sleep;

use super::world::World;

/// The time during which faults are injected.
pub(super) const DURATION: Duration = Duration::from_secs(60);

/// Injects faults for [`DURATION`].
pub(super) async fn run(world: &World) {
    let mut rng = world.rng("chaos", 0);
    let clients = world.plan.clients();
    let end = world.now() + DURATION;
    loop {
        sleep(Duration::from_millis(rng.u64(100..6000))).await;
        if world.now() >= end {
            return;
        }
        let while_long = Duration::from_millis(rng.u64(50..4000));
        match rng.u8(0..10) {
            0..3 => {
                world.server.kill();
                restart(world, rng.u8(0..5) == 0, while_long).await;
            }
            3 => {
                world.server.stop().await;
                restart(world, false, while_long).await;
            }
            4 | 5 => {
                let (client, time) = (rng.usize(0..clients), Duration::from_millis(rng.u64(500..30_000)));
                world.trace.add("network", format_args!("client {client} is disconnected for {time:?}"));
                world.network.disconnect(client, time);
            }
            6 => {
                let (client, limit) = (rng.usize(0..clients), Duration::from_secs(rng.u64(2..20)));
                world.trace.add("network", format_args!("client {client} is cut after {limit:?}"));
                world.network.limit_hold(client, limit);
            }
            7 => {
                world.trace.add("disk", "full");
                world.disk.is_full.set(true);
                sleep(while_long).await;
                world.disk.is_full.set(false);
            }
            _ => {
                world.network.fault_percent.set(rng.u8(0..60));
                world
                    .trace
                    .add("network", format_args!("fault_percent {}", world.network.fault_percent.get()));
            }
        }
    }
}

async fn restart(world: &World, is_replaced: bool, down: Duration) {
    if is_replaced {
        world.disk.replace();
    }
    sleep(down).await;
    world.server.start().await;
}
