"""The words that benchmarks' articles are made of, written for them."""

FIRST = (
    "Amal Asha Ayşe Bruno Carla Chidi Dalia David Delphine Elif Emeka Erik Fatima Farid Gita Grace Hana Hélène Henrik "
    "Ibrahim Ines Ivana James Jelena João Kamal Karin Kofi Laila Lars Leyla Lucía Malik Marta Mehmet Mira Nadia Nikos "
    "Noor Olga Omar Paula Pedro Priya Rania Rashid Rosa Samir Sofia Stefan Tariq Tomás Uche Vera Viktor Wanjiru Yara "
    "Yusuf Zainab Zoran"
).split()
# Surnames: any beginning with any end.
ONSETS = (
    "Abra Adel Alva Ande Bala Bere Bora Brand Cala Cast Dara Dema Dorn Elm Esper Fara Fern Gala Gran Hald Hari Isk Jar "
    "Kal Kest Kor Lar Lind Lov Mar Melk Mor Nar Nev Ost Pal Per Quin Ram Ros Sal Ser Stav Tal Thorn Ural Vald Ver Wes Zam"
).split()
CODAS = (
    "ado aki ane ard ati auer berg bury cic dahl den dottir ell enko eres erton eva feld ham idis ier imov ini isar itz "
    "kaya kov lund mann mere mont nari nescu ola onen oglu ova rado rini sen ska son tano thal vari ville wala well zadeh"
).split()
# Villages, programmes: one of these before a surname.
PLACES = "Alt Bel Cor Dun East Glen Hoch Inver Kara Lang Mont Neu Old Porto San Tur Upper Villa West Yeni".split()
CITIES = (
    "Accra Amman Ankara Athens Baghdad Bangkok Berlin Bogotá Brussels Cairo Casablanca Chicago Dakar Delhi Dhaka Dublin "
    "Erbil Geneva Hanoi Helsinki Istanbul Jakarta Johannesburg Karachi Kigali Lagos Lima Lisbon London Madrid Manila "
    "Mumbai Nairobi Oslo Ottawa Paris Prague Rome Santiago Seoul Sofia Sydney Tbilisi Tokyo Tunis Vienna Warsaw Zagreb"
).split()
COUNTRIES = (
    "Turkey Greece France Germany Spain Portugal Italy Poland Norway Finland Kenya Ghana Nigeria Egypt Morocco Iraq "
    "Jordan India Bangladesh Indonesia Vietnam Japan Chile Peru Colombia Canada Australia Georgia Croatia Bulgaria"
).split()
BODIES = (
    "United Nations;European Union;World Health Organization;African Union;International Monetary Fund;World Bank;"
    "Red Cross;NATO;Interpol;European Central Bank;Human Rights Watch;UNICEF"
).split(";")
KINDS = (
    "Group;Foundation;Holdings;Union;Institute;Energy;Shipping;Railways;Bank;Clinic;Party;Observatory;Airlines;"
    "Foods;Motors;Museum"
).split(";")
AGENCIES = ("Reuters", "AP", "AFP", "AA", "dpa", "EFE")
TITLES = (
    "Minister Mayor Professor Judge General Senator Governor Doctor Ambassador Director Captain Secretary Chancellor Chair"
).split()

# Theme: things that act, what they do, what it is done to, how it is.
THEMES = {
    "economy": (
        "lenders exporters retailers shareholders regulators factories brokers insurers investors wholesalers auditors",
        "raised cut trimmed hedged refinanced underwrote postponed doubled taxed indexed financed sold restructured",
        "tariffs dividends mortgages subsidies inventories bonds pensions wages invoices surpluses credit contracts quotas",
        "quarterly sluggish volatile seasonal fiscal unsold foreign overdue leveraged domestic inflated nominal",
    ),
    "politics": (
        "lawmakers delegates ministers voters opponents envoys councillors mediators coalition spokesmen party leaders",
        "rejected drafted amended vetoed debated signed boycotted ratified adjourned endorsed criticised delayed leaked",
        "ballots amendments treaties mandates referendums budgets alliances hearings petitions reforms decrees sanctions",
        "constitutional bilateral disputed provisional partisan closed regional unanimous early diplomatic narrow secret",
    ),
    "health": (
        "nurses surgeons patients clinics researchers midwives pharmacists hospitals epidemiologists paramedics carers",
        "vaccinated screened isolated treated traced tested admitted discharged monitored counselled sampled warned",
        "outbreaks antibiotics vaccines wards symptoms trials infections implants transfusions allergies scans therapies",
        "chronic paediatric contagious rural clinical resistant mild intensive neonatal preventive rare overcrowded",
    ),
    "disaster": (
        "rescuers firefighters villagers engineers volunteers geologists evacuees divers helicopters relief crews sappers",
        "evacuated searched sheltered pumped cleared dug restored surveyed reinforced airlifted abandoned flooded buried",
        "embankments landslides bridges aftershocks wells roofs tents reservoirs levees survivors rubble pipelines roads",
        "submerged damaged remote collapsed swollen unstable stranded muddy burnt missing temporary heavy sudden",
    ),
    "sport": (
        "strikers goalkeepers referees sprinters coaches supporters rowers defenders cyclists captains selectors scouts",
        "scored equalised saved retired sprinted substituted tackled qualified protested celebrated transferred trained",
        "penalties medals fixtures leagues tracks injuries records trophies stadiums semifinals relays contracts tickets",
        "unbeaten aggregate injured junior decisive late veteran favourite muddy goalless narrow second rainy",
    ),
    "science": (
        "astronomers biologists chemists botanists physicists divers archaeologists technicians students linguists",
        "observed measured sequenced catalogued excavated simulated published calibrated photographed dated disproved",
        "telescopes fossils enzymes comets glaciers samples sediments genomes isotopes orbits manuscripts sensors corals",
        "ancient distant microscopic unusual luminous frozen volcanic unpublished genetic magnetic fragile deep",
    ),
    "courts": (
        "prosecutors jurors defendants lawyers witnesses detectives magistrates clerks appellants smugglers bailiffs",
        "testified acquitted indicted sentenced appealed seized questioned extradited summoned forged confessed denied",
        "verdicts warrants affidavits bribes charges ledgers alibis fines testimonies passports transcripts settlements",
        "sealed forged suspended unlawful key anonymous federal previous circumstantial civil criminal missing",
    ),
    "transport": (
        "commuters pilots dockers signallers drivers unions operators conductors passengers planners inspectors ferries",
        "rerouted cancelled electrified grounded towed boarded derailed extended inspected congested reopened docked",
        "timetables runways locomotives containers tunnels fares platforms tramlines cranes depots harbours signals buses",
        "overnight electric delayed regional crowded automatic disused coastal underground short freight busy",
    ),
    "culture": (
        "curators novelists composers dancers actors poets painters publishers librarians directors sculptors musicians",
        "premiered restored translated exhibited rehearsed donated recorded staged illustrated auctioned performed edited",
        "manuscripts canvases symphonies murals archives festivals translations costumes portraits posters operas scripts",
        "forgotten avant-garde baroque bilingual unfinished lost celebrated handwritten touring silent annotated restored",
    ),
    "climate": (
        "farmers meteorologists foresters fishermen herders beekeepers planners campaigners hydrologists growers utilities",
        "irrigated rationed replanted harvested measured capped recycled drained conserved restored phased thinned cooled",
        "turbines aquifers droughts emissions wetlands pastures orchards heatwaves seedlings reefs rivers batteries solar",
        "parched protected warmer invasive tidal arid salty record renewable endangered leafless upstream",
    ),
}
PREFIXES = (
    "agro anti auto bio counter cyber eco electro geo hydro inter macro micro multi non out over photo pre sub".split()
)
GENERAL = (
    "after weeks of talks;before the deadline;despite earlier doubts;as expected;for the first time;behind closed doors;"
    "under a new plan;in a joint statement;at short notice;without further comment;over the weekend;late in the evening;"
    "on the second attempt;in spite of the rain;to widespread relief;against official advice;in three districts;"
    "with little warning;by a small margin;ahead of the holidays;near the border;along the coast;in the old quarter;"
    "for technical reasons;until next month;amid growing concern;with support from abroad;at a crowded meeting"
).split(";")
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
