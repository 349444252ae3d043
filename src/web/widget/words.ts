/** Everything the widget itself says. The assistant speaks English, and so does what is around it. */
export const words = {
  open: "Open chat",
  unread: (count: number) => `Open chat, ${count} unread ${count === 1 ? "message" : "messages"}`,
  close: "Close chat",
  chatWith: (name: string) => `Chat with ${name}`,
  leasing: "Leasing office",
  log: "Conversation",
  openUntil: (time: string) => `Office open until ${time}`,
  officeClosed: "Office closed – still answering here",
  assistantHere: "Answers any time",
  disclosure: "You’re chatting with an AI assistant.",
  talkToPerson: "Talk to a person",
  personAsked: "A person has been asked to join.",
  withPerson: (name: string | null) =>
    name === null
      ? "A person from our team will answer here."
      : `You’re chatting with ${name} from our team.`,
  greeting: "Hi! How can I help you find your next home?",
  starters: ["What’s available?", "I’d like to schedule a tour", "Do you allow pets?"],
  write: "Write a message",
  send: "Send",
  left: (count: number) => `${count} characters left`,
  tooLong: (count: number) => `Too long by ${count} ${count === 1 ? "character" : "characters"}`,
  you: "You",
  assistant: "Assistant",
  agent: "Leasing team",
  sending: "Sending…",
  waiting: "Waiting to send",
  seen: "Seen",
  notSent: "Not sent",
  retry: "Try again",
  discard: "Delete",
  typing: (name: string) => `${name} is typing`,
  newMessages: "New messages",
  offline: "You’re offline. Your messages will be sent when you’re back.",
  reconnecting: "Reconnecting…",
  limited: (seconds: number) =>
    seconds > 0
      ? `That was a lot at once. We’ll go on in ${seconds} s – nothing is lost.`
      : "That was a lot at once. We’ll go on shortly – nothing is lost.",
  failed: "Something went wrong. Please try again.",
  ended: "That conversation has ended. Write to start a new one.",
  refused: "Chat is not available right now.",
  today: "Today",
  pickTime: "Available times",
  moreTimes: "Show more times",
  form: "Your contact details",
  fields: { first_name: "First name", last_name: "Last name", email: "E-mail", phone: "Phone" },
  required: "Please fill this in.",
  emailOrPhone: "Please give an e-mail address or a phone number.",
  submit: "Send details",
  formSent: "Thank you – we have your details.",
};

export type Words = typeof words;
