import mark from '../mark.svg';

/** The mark and the name of the program. */
export function Logo({ size = 22 }: { readonly size?: number }) {
  return (
    <span className="logo">
      <img src={mark} alt="" width={size} height={size} />
      keyplane
    </span>
  );
}
