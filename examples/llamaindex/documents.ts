import { Document } from 'llamaindex'

const TEXTS = [
  ['returns', 'Returns', 'Unused items can be returned within thirty days. The buyer pays for the parcel.'],
  [
    'shipping',
    'Shipping',
    'Parcels leave the warehouse within two days. Shipping inside of the country costs five euros.',
  ],
  ['warranty', 'Warranty', 'Electric kettles have a warranty of two years. Scale in the kettle is not covered.'],
] as const

export const documents = TEXTS.map(([id_, title, text]) => new Document({ id_, text, metadata: { title } }))
