import { Modal, type ModalProps } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';

export interface DialogProps {
  readonly title: string;
  readonly size?: ModalProps['size'];
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/**
 * Over the page until it is closed. The library's own header would count as a second banner of the page, and its lock
 * of the scroll writes a style element without the page's nonce, which the policy refuses: console.css locks it.
 */
export function Dialog({ title, size = 'md', children, onClose }: DialogProps) {
  useFocusReturn();
  return (
    <Modal.Root opened onClose={onClose} size={size} lockScroll={false}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Header role="presentation">
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/**
 * The library returns the focus only of a dialog that stays mounted while it is closed. Without an opener, such as the button of
 * a row that was deleted, the focus goes to the page, so that the next Tab does not begin at the top of the sidebar.
 */
function useFocusReturn(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      const target =
        opener?.isConnected && opener !== document.body ? opener : document.getElementById('content');
      if (target instanceof HTMLElement) focusWhileThere(target);
    },
    [opener],
  );
}

/** A row that was deleted leaves its list only with the next response. */
function focusWhileThere(target: HTMLElement): void {
  target.focus({ preventScroll: true });
  const observer = new MutationObserver(() => {
    if (target.isConnected) return;
    end();
    if (document.activeElement === document.body)
      document.getElementById('content')?.focus({ preventScroll: true });
  });
  // Chromium dispatches `blur` while it removes the element.
  const moved = () => queueMicrotask(() => target.isConnected && end());
  function end(): void {
    observer.disconnect();
    target.removeEventListener('blur', moved);
  }
  target.addEventListener('blur', moved);
  observer.observe(document.body, { childList: true, subtree: true });
}
