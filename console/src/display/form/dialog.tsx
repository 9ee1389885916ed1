import { Modal, type ModalProps } from '@mantine/core';
import type { ReactNode } from 'react';

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
