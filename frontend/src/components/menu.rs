//! A menu: a single Tab stop, within which arrows, Home and End move between items, wrapping around at the ends. Esc
//! leaves it.

use yew::prelude::*;

use super::tab_index;
use crate::api::focus;

/// An item of a menu.
#[derive(Debug, Clone, PartialEq)]
pub struct MenuItem {
    /// The item's icon.
    pub sign: Html,
    /// The label of the action.
    pub label: AttrValue,
    /// The style of the item.
    pub class: &'static str,
    /// The callback for choosing it.
    pub on_choose: Callback<()>,
}

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The class for the style sheet.
    pub class: &'static str,
    /// The label of the menu.
    pub label: &'static str,
    /// The items.
    pub items: Vec<MenuItem>,
    /// The callback for Esc.
    pub on_leave: Callback<()>,
}

/// The menu.
#[component]
pub fn Menu(props: &Props) -> Html {
    let Props { class, label, items, on_leave } = props;
    let node = use_node_ref();
    let current = use_state_eq(|| 0);
    let last = items.len().saturating_sub(1);
    let at = (*current).min(last);
    let onkeydown = {
        let (node, on_leave) = (node.clone(), on_leave.clone());
        Callback::from(move |event: KeyboardEvent| {
            let next = match event.key().as_str() {
                "ArrowRight" | "ArrowDown" if at == last => 0,
                "ArrowRight" | "ArrowDown" => at + 1,
                "ArrowLeft" | "ArrowUp" => at.checked_sub(1).unwrap_or(last),
                "Home" => 0,
                "End" => last,
                "Escape" => {
                    event.stop_propagation();
                    return on_leave.emit(());
                }
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            focus::focus_child(&node, next);
        })
    };
    let view = |(number, item): (usize, &MenuItem)| {
        let current = current.setter();
        html! {
            <button
                key={&*item.label}
                type="button"
                role="menuitem"
                class={classes!("tool", item.class)}
                aria-label={item.label.clone()}
                title={item.label.clone()}
                tabindex={tab_index(number == at)}
                onfocus={move |_| current.set(number)}
                onclick={item.on_choose.reform(|_: MouseEvent| ())}
            >
                { item.sign.clone() }<span class="label" aria-hidden="true">{ item.label.clone() }</span>
            </button>
        }
    };
    html! {
        <div ref={node} role="menu" class={*class} aria-label={*label} {onkeydown}>
            { for items.iter().enumerate().map(view) }
        </div>
    }
}
