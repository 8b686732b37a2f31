//! A value that comes once, to one who waits for it. For one thread: what threads need would weigh twice as much.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

struct Slot<T> {
    value: Option<T>,
    is_over: bool,
    waiting: Option<Waker>,
}

/// Gives it. Dropped before that, it says that nothing comes any more.
pub struct Giver<T>(Rc<RefCell<Slot<T>>>);

/// Waits for it; `None` when nothing comes. Dropped, it takes what comes later along.
pub struct Awaited<T>(Rc<RefCell<Slot<T>>>);

/// A giver and who waits for it.
pub fn once<T>() -> (Giver<T>, Awaited<T>) {
    let slot = Rc::new(RefCell::new(Slot { value: None, is_over: false, waiting: None }));
    (Giver(Rc::clone(&slot)), Awaited(slot))
}

impl<T> Giver<T> {
    /// Gives it.
    pub fn give(self, value: T) {
        self.0.borrow_mut().value = Some(value);
    }
}

impl<T> Drop for Giver<T> {
    fn drop(&mut self) {
        let mut slot = self.0.borrow_mut();
        slot.is_over = true;
        let waiting = slot.waiting.take();
        drop(slot);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }
}

impl<T> Future for Awaited<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut slot = self.0.borrow_mut();
        if slot.is_over {
            return Poll::Ready(slot.value.take());
        }
        slot.waiting = Some(context.waker().clone());
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    #[test]
    fn comes_once_or_never() {
        let context = &mut Context::from_waker(Waker::noop());
        let (giver, awaited) = once();
        let mut awaited = pin!(awaited);
        assert_eq!(awaited.as_mut().poll(context), Poll::Pending);
        giver.give(7);
        assert_eq!(awaited.as_mut().poll(context), Poll::Ready(Some(7)));
        let (giver, awaited) = once::<u8>();
        drop(giver);
        assert_eq!(pin!(awaited).poll(context), Poll::Ready(None));
        let (giver, awaited) = once();
        drop(awaited);
        giver.give(Rc::new(7));
    }
}
