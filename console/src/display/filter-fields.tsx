import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';

/** Fields that narrow a list. A narrow screen has them behind a button that says how many are set. */
export function FilterFields({ set, children }: { readonly set: number; readonly children: ReactNode }) {
  const [isOpen, { toggle }] = useDisclosure();
  return (
    <>
      <Button variant="default" className="filter-button" aria-expanded={isOpen} onClick={toggle}>
        {set === 0 ? 'Filters' : `Filters (${set})`}
      </Button>
      <div className="filter-fields" data-open={isOpen || undefined}>
        {children}
      </div>
    </>
  );
}
