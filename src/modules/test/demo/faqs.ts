/** A question without an answer is one the bot could not answer and a person has not yet. */
export type DemoFaq = [category: string, question: string, answer: string | null];

export const demoFaqs: Record<string, DemoFaq[]> = {
  "maple-court": [
    [
      "Pets",
      "Do you allow pets?",
      "Yes. Two pets per home are welcome; dogs up to 75 pounds. The pet fee is $300 once and $35 a month for each pet.",
    ],
    [
      "Parking",
      "Is there parking?",
      "Every home has one open space at no cost. A garage space is $120 a month.",
    ],
    [
      "Laundry",
      "Is there laundry in the apartment?",
      "All one, two and three bedroom homes have a washer and dryer inside. Studios share the laundry room on the ground floor.",
    ],
    [
      "Lease",
      "What lease lengths do you offer?",
      "Leases run 6, 9, 12 or 15 months. Twelve months is the usual one and has the lowest rent.",
    ],
    [
      "Fees",
      "How much is the application fee?",
      "The application fee is $60 for each adult, and the administration fee is $150 for each home.",
    ],
    [
      "Fees",
      "How much is the security deposit?",
      "The deposit is $500 for a studio or one bedroom and $750 for larger homes. It is due when the lease is signed.",
    ],
    [
      "Utilities",
      "Which utilities are included?",
      "Water, sewer and trash are billed together at $65 a month. Electricity, gas and internet are in your own name.",
    ],
    [
      "Qualifying",
      "What income do I need to qualify?",
      "Household income before tax should be at least three times the monthly rent.",
    ],
    [
      "Amenities",
      "Is there a gym?",
      "Yes, the fitness room is open to residents every day from 5 am to 11 pm.",
    ],
    [
      "Moving",
      "Can I reserve the elevator for moving in?",
      "Yes. Reserve it with the office two days ahead; moves are possible from 9 am to 6 pm.",
    ],
    [
      "Homes",
      "Are the apartments furnished?",
      "Homes come unfurnished, with a full kitchen: refrigerator, stove, dishwasher and microwave.",
    ],
    [
      "Area",
      "How far is it to the train?",
      "The Naperville Metra station is 1.2 miles away, and the 530 bus stops at the entrance.",
    ],
    ["Guests", "How long can a guest stay?", null],
    ["Parking", "Can I charge an electric car?", null],
  ],
  "maple-heights": [
    [
      "Pets",
      "Do you allow pets?",
      "Cats and one dog up to 40 pounds are welcome. The pet rent is $50 a month; there is no pet fee.",
    ],
    [
      "Parking",
      "Is there parking?",
      "The garage under the building has spaces for $175 a month. Visitors park on the street.",
    ],
    [
      "Laundry",
      "Is there laundry in the building?",
      "Every second floor has a laundry room, paid by card. Homes have no machines of their own.",
    ],
    ["Lease", "What lease lengths do you offer?", "Leases are for 12 or 24 months."],
    ["Fees", "How much is the application fee?", "The application fee is $20 for each applicant."],
    ["Fees", "How much is the security deposit?", "The deposit is one month's rent."],
    [
      "Utilities",
      "Which utilities are included?",
      "Heat and hot water are included in the rent. Electricity and internet are not.",
    ],
    [
      "Qualifying",
      "What income do I need to qualify?",
      "Yearly income should be at least forty times the monthly rent; guarantors are accepted at eighty times.",
    ],
    [
      "Amenities",
      "Is there a roof terrace?",
      "Yes, the roof terrace is open to residents from 8 am to 10 pm.",
    ],
    ["Amenities", "Is there a doorman?", "A doorman is there from 7 am to 11 pm on every day of the week."],
    [
      "Moving",
      "When can I move in?",
      "Moves are possible Monday to Saturday from 9 am to 5 pm; the service elevator is reserved with the office.",
    ],
    ["Guests", "Can I sublet my apartment?", null],
  ],
  "cedar-grove": [
    [
      "Pets",
      "Do you allow pets?",
      "Yes, up to two pets. The deposit is $250 for each and the pet rent $30 a month.",
    ],
    [
      "Parking",
      "Is there parking?",
      "Each home has one covered carport. A second open space is $25 a month.",
    ],
    [
      "Laundry",
      "Is there laundry in the apartment?",
      "Two bedroom homes have connections for a washer and dryer. Two laundry rooms are on the grounds.",
    ],
    ["Lease", "What lease lengths do you offer?", "Leases run from 3 to 13 months."],
    ["Fees", "How much is the application fee?", "The application fee is $45 for each adult."],
    ["Fees", "How much is the security deposit?", "The deposit starts at $400 and depends on the screening."],
    [
      "Utilities",
      "Which utilities are included?",
      "Trash is included. Water is billed by use; electricity is with Pasadena Water and Power.",
    ],
    [
      "Qualifying",
      "What income do I need to qualify?",
      "Household income should be at least two and a half times the rent.",
    ],
    ["Amenities", "Is there a pool?", "Yes, the pool is heated and open from 8 am to 10 pm all year."],
    [
      "Amenities",
      "Where do my packages go?",
      "Packages go into lockers beside the office; the code comes by text message.",
    ],
    [
      "Maintenance",
      "How do I report a repair?",
      "Call the office at any hour or use the resident portal. Emergencies are answered day and night.",
    ],
    ["Amenities", "Can I rent the barbecue garden for a party?", null],
  ],
};
