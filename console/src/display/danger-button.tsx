import { Button, type ButtonProps } from '@mantine/core';
import type { ComponentPropsWithoutRef } from 'react';

/** Leads to something that is destroyed or ended: its text is red, and it fills with red only on hover. */
export function DangerButton(
  props: ButtonProps & Omit<ComponentPropsWithoutRef<'button'>, keyof ButtonProps>,
) {
  return <Button variant="default" className="danger-text" {...props} />;
}

/** Destroys or ends it: the last step of a dialog. It is red before it can be pressed, too. */
export function DangerAction(
  props: ButtonProps & Omit<ComponentPropsWithoutRef<'button'>, keyof ButtonProps>,
) {
  return <Button className="danger-filled" {...props} />;
}
