import { sealCompiled } from '../src/product.ts';

// The last step of `npm run build`.
sealCompiled();
