//! Lets axe-core look at a page for what keeps people out: names that are missing, contrasts that are too low, roles
//! that do not fit. What no program can see, such as where the focus goes, stories have to.

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::json;

use crate::{Browser, Scheme};

const AXE: &str = include_str!("../axe/axe.min.js");

/// Ends animations first: a text that is fading in has no contrast yet.
const LOOK: &str = r"
for (const animation of document.getAnimations()) if (animation.effect.getTiming().iterations !== Infinity) animation.finish();
return axe.run(document, { resultTypes: ['violations'] }).then(result => result.violations.flatMap(rule =>
  rule.nodes.map(node => ({ rule: rule.id, element: node.html, why: node.failureSummary }))));";

/// Something that keeps people out.
#[derive(Debug, Deserialize)]
struct Barrier {
    rule: String,
    element: String,
    why: String,
}

impl Browser {
    /// Fails if axe finds anything on the page, in light and in dark colours (in Firefox only in light ones). `state`
    /// describes what the page shows.
    pub async fn must_be_accessible(&self, state: &str) -> Result<()> {
        if !self.run::<bool>("return 'axe' in window", vec![]).await? {
            let () = self.run(AXE, vec![]).await?;
        }
        let schemes: &[_] =
            if self.has_devtools() { &[Scheme::Dark, Scheme::Light] } else { &[Scheme::Light] };
        for &scheme in schemes {
            if self.has_devtools() {
                self.prefer(scheme).await?;
            }
            let barriers: Vec<Barrier> = self.run(LOOK, vec![json!(null)]).await?;
            let told: Vec<_> =
                barriers.iter().map(|b| format!("{}: {} {}", b.rule, b.element, b.why)).collect();
            ensure!(told.is_empty(), "{state}, {scheme:?}:\n{}", told.join("\n"));
        }
        Ok(())
    }
}
