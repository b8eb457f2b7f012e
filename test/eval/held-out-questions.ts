import type { FirstQuestion } from './first-questions-data.ts'

const README = ['tidemark/README.md']
const QUESTIONS = ['tidemark/questions.md']
const GUIDE = ['staff/xinyuangong.md']

/** Questions about the folder `held-out` and the handbook of the demo. Nothing was adjusted to them. */
export const HELD_OUT_QUESTIONS: readonly FirstQuestion[] = [
  { question: 'What is Tidemark?', from: README, says: ['makes encrypted backups of folders'] },
  { question: 'How do I install Tidemark?', from: README, says: ['pipx install tidemark'] },
  { question: 'How do I restore my files?', from: README, says: ['tidemark restore'] },
  {
    question: 'Which storage does it support?',
    from: README,
    says: ['Amazon S3', 'Backblaze', 'SFTP', 'any storage with an S3 interface'],
  },
  { question: 'What license does Tidemark have?', from: README, says: ['GNU General Public License'] },
  { question: 'How much does Tidemark cost?', from: QUESTIONS, says: ['costs nothing', '5 euros a month'] },
  { question: 'Is my data encrypted?', from: README, says: ['encrypted backups', 'is encrypted with XChaCha20'] },
  { question: 'How many days of vacation do I get?', from: ['staff/leave.md'], says: ['28 days of paid vacation'] },
  { question: "When do I need a doctor's note?", from: ['staff/leave.md'], says: ['from the fourth day on'] },
  { question: 'How much may a hotel cost?', from: ['staff/expenses.md'], says: ['up to 120 euros'] },
  { question: 'Who built the first lighthouse?', from: ['lighthouse.md'], says: ['Henry Winstanley'] },
  {
    question: 'Why did Smeaton shape the tower like an oak?',
    from: ['lighthouse.md'],
    says: ['because a tree that is broad at the foot resists the wind'],
  },
  { question: 'How long do I bake the bread?', from: ['bread.md'], says: ['fifty minutes'] },
  { question: '每周可以在家工作几天？', from: GUIDE, says: ['三天'] },
  { question: '门禁卡丢了怎么办？', from: GUIDE, says: ['马上通知前台'] },
  { question: '培训费用是多少？', from: GUIDE, says: ['五千元'] },
  {
    question: 'Can I store the index in PostgreSQL?',
    from: ['handbook.md'],
    says: ['in a SQLite file or in PostgreSQL'],
  },
  { question: 'How do I get my travel expenses back?', from: ['staff/expenses.md'], says: ['Scan the receipts'] },
  { question: 'Who won the football World Cup in 2018?' },
  { question: '火星上有水吗？' },
]
