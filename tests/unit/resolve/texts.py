"""Invented news, written for these tests: a headline, a blank line, paragraphs; a dateline first."""

_WRITTEN = {
    "ferry": """\
Ferry runs aground off Karsund, all passengers brought ashore

KARSUND, 4 May (Nordlys) - A passenger ferry with 212 people on board ran aground in thick fog near the island of Holmsey early on Tuesday, the coast guard said.
All passengers were taken ashore in 3 hours by fishing boats and a rescue helicopter. Eleven people were treated for bruises, none of them seriously, according to the district hospital.
"We heard a long scraping noise and then the lights went out," said Ingrid Dahlum, who was travelling with her two sons. "The crew stayed calm and told us where to go."
The operator, Sundlinjen, said the vessel had passed its last inspection in February. Divers will examine the hull on Wednesday before tugs try to pull the ship free at high tide.
The accident commission has sent two investigators to the island. It was the second grounding on the route within 18 months, and local councillors have asked for a new buoy at the northern entrance of the strait.
""",
    "dam": """\
Farmers and city argue over water as Velmar reservoir falls to record low

VELMAR, 9 June (Meridian Press) - The Velmar reservoir has fallen to 23 per cent of its capacity, the lowest level since the dam was completed, the water authority said on Friday.
Deliveries to the irrigation districts downstream will be cut by half from Monday. The city of Astora, which takes a third of the water, was told to lower its use by 15 per cent.
"Without water in June there is no harvest in September," said Pavel Orlin, who heads the growers' union. He accused the city of watering its parks while orchards dry out.
Mayor Lidia Marrow rejected the charge and said that leaking pipes were being replaced faster than planned. Engineers found 340 leaks in the spring and have closed most of them.
Meteorologists expect no rain before the end of the month. The government will decide on Thursday whether to open a second pipeline from the northern lakes, a project that has been disputed for 12 years.
""",
    "strike": """\
Tram drivers in Orlow begin open-ended strike over night shifts

ORLOW, 2 March (Meridian Press) - Tram drivers in Orlow stopped work at 4 a.m. on Monday and said they would not return until the city withdraws its new roster for night shifts.
The transport union said 94 per cent of its members had voted for the walkout. Only two of the 19 lines were running in the morning, with long queues at the bus stops around the central station.
"People fall asleep at the controls, and everybody in the office knows it," said shop steward Marta Kessel. The roster allows no more than nine hours between two shifts.
City transport director Jonas Albin called the strike out of proportion. He offered to suspend the roster for six weeks while a mediator looks at it, but refused to cancel it.
Schools moved the start of lessons by an hour. The chamber of commerce estimated the daily cost of the stoppage at 1.8 million crowns and asked both sides to talk before the trade fair opens.
""",
    "festival": """\
Young composer's opera about a lighthouse wins Teralba prize

TERALBA, 18 August (Corriere del Porto) - An opera about the last keeper of a lighthouse has won the main prize of the Teralba festival, the jury announced on Sunday evening.
The work by Elena Cossu, 29, was written for five singers, a children's choir and a foghorn. It was chosen from 61 scores sent in from 22 countries.
"She makes silence audible," said the head of the jury, conductor Dario Venn. The prize is worth 40,000 euros and brings a staging at three houses next season.
Cossu grew up on the coast and recorded the sound of the sea at night for a year before she began to write. Her grandfather tended the light on Capo Sarro until it was automated.
The audience award went to a chamber piece about a lost suitcase. The festival ends on Thursday with a concert on the harbour wall, to which the town expects about 6,000 visitors.
""",
    "vaccine": """\
Trial of new measles patch shows protection without needles

HALVORN, 27 January (Science Wire) - A skin patch against measles protected nine out of ten children in a trial in four countries, researchers reported on Wednesday.
The patch is the size of a coin and is worn for five minutes. It needs no refrigeration for up to two weeks, which makes it useful where clinics lack electricity.
"A volunteer can learn to use it in an afternoon," said Amara Diallo, who led the study at the Halvorn institute. Side effects were mild and mostly limited to red skin.
The trial followed 1,460 children for 18 months. In the group that received an ordinary injection, protection was slightly higher, but the difference was within the margin of error.
A larger study is to begin in the autumn. The health organisation said it would examine the results before it recommends the patch, and warned that production still costs three times as much as a syringe.
""",
    "bank": """\
Central bank of Lorvia keeps key rate at 6.5 percent, hints at cut

LORVIA CITY, 14 October (Meridian Press) - The central bank of Lorvia left its key rate unchanged at 6.5 percent on Thursday and signalled that a first cut could follow before the end of the year.
Inflation slowed to 4.1 percent in September from 4.7 percent in August, helped by lower fuel prices. The bank now expects it to reach the target of 3 percent in the second half of next year.
"We see the road, but we do not want to run on it," governor Tomas Hradek told reporters. Two of the seven members of the board voted for an immediate cut.
The krona weakened by 0.6 percent against the euro after the announcement. Shares of builders rose, as traders bet on cheaper mortgages.
The finance ministry is to present its budget on 2 November. It has promised to lower the deficit to 3.2 percent of output, a figure that most economists regard as optimistic.
""",
    "deprem": """\
Kıyıköy açıklarında 4,9 büyüklüğünde deprem: Can kaybı yok

SARIYAKA, 11 Kasım (Kuzey Ajansı) - Kıyıköy ilçesinin açıklarında salı gecesi 4,9 büyüklüğünde bir deprem meydana geldi. Yetkililer can kaybı olmadığını, on iki evde çatlaklar oluştuğunu açıkladı.
Sarsıntı çevre illerde de hissedildi. Halk geceyi parklarda ve okul bahçelerinde geçirdi, belediye sıcak çorba ve battaniye dağıttı.
"Önce bir uğultu duyduk, sonra dolaplar devrildi," diyen balıkçı Hasan Ertürk, komşularıyla birlikte iskeleye koştuğunu anlattı.
Vali Nermin Solmaz, hasar tespit ekiplerinin sabah saatlerinde çalışmaya başladığını ve iki okulun üç gün kapalı kalacağını söyledi. Uzmanlar artçı sarsıntıların bir hafta sürebileceğini belirtiyor.
Bölgede son büyük deprem 1968 yılında olmuştu. Mühendisler odası, eski binaların yarısının henüz denetlenmediğini hatırlatarak güçlendirme çalışmalarının hızlandırılmasını istedi.
""",
    "zeytin": """\
Zeytin üreticileri maden iznine karşı yürüyor

AKPINAR, 3 Nisan (Ege Haber) - Akpınar köylüleri, zeytinliklerde açılması planlanan maden ocağına karşı çarşamba günü il merkezine yürüyüş başlattı.
Şirkete verilen izin 74 hektarlık alanı kapsıyor. Köylüler, yaşı iki yüzü aşan ağaçların taşınamayacağını, yeraltı suyunun da zarar göreceğini söylüyor.
Muhtar Zehra Yalın, "Dedemin diktiği ağaçtan torunum da toplasın istiyorum," dedi. Yürüyüşe komşu beş köyden yaklaşık dokuz yüz kişi katıldı.
Şirket sözcüsü, her sökülen ağaç için on fidan dikileceğini ve bölgede üç yüz kişiye iş sağlanacağını savundu. İdare mahkemesi, yürütmenin durdurulması istemini 21 Nisan'da görüşecek.
Ziraat odası ise bilirkişi raporunun eksik hazırlandığını öne sürerek yeni bir inceleme yapılmasını talep etti ve ürün kaybının hesaplanmasını istedi.
""",
    "port": """\
ميناء الرملة يستأنف العمل بعد عاصفة رملية استمرت يومين

الرملة، 6 أبريل (وكالة الساحل) - استأنف ميناء الرملة عمله صباح الخميس بعد عاصفة رملية أغلقت المرافئ الثلاثة على الساحل الغربي مدة يومين كاملين.
وقال مدير الميناء سامي الحداد إن 27 سفينة تنتظر دورها في التفريغ، وإن العمل سيستمر ليلا ونهارا حتى نهاية الأسبوع. وأضاف أن الرافعات لم تتعرض لأضرار كبيرة.
وأعلنت وزارة الصحة أن المستشفيات استقبلت 140 شخصا يعانون من صعوبة في التنفس، غادر معظمهم بعد تلقي العلاج. وطلبت المدارس من الأهالي إبقاء الأطفال في البيوت يوما آخر.
وقالت المزارعة ليلى منصور إن الرياح اقتلعت البيوت البلاستيكية في قريتها وأتلفت محصول الطماطم، مطالبة الحكومة بتعويض سريع قبل بداية الصيف.
وتوقعت هيئة الأرصاد الجوية طقسا هادئا في الأيام المقبلة، لكنها نبهت إلى احتمال عاصفة ثانية في منتصف الشهر.
""",
    "bridge": """\
В Заречном закрыли мост после обнаружения трещин в опоре

ЗАРЕЧНЫЙ, 20 сентября (Северный телеграф) - Городские власти закрыли старый мост через реку Тихую после того, как инженеры обнаружили трещины в средней опоре, сообщила мэрия в среду.
Движение перенаправлено на объездную дорогу, путь до левого берега вырос на 40 минут. Для пешеходов организовали паромную переправу, которая работает с шести утра.
«Мы не имели права рисковать», - заявила главный инженер Ольга Верстова. По её словам, ремонт займёт не менее пяти месяцев и обойдётся в 310 миллионов рублей.
Мост построен в 1957 году и рассчитан на вдвое меньший поток машин. Жители левобережья два года просили проверить его состояние и собрали под обращением четыре тысячи подписей.
Прокуратура начала проверку документов о прошлых осмотрах. Новый мост, согласно плану города, должны построить через восемь лет.
""",
    "panda": """\
云岭保护区首次拍到野生雪豹带幼崽的画面

云岭，5月12日（高原日报）——云岭自然保护区的红外相机首次拍到一只野生雪豹带着两只幼崽在雪线附近活动的画面，保护区管理局星期一公布了这段视频。
视频长约三分钟，拍摄于海拔4300米的山谷。研究人员认为幼崽大约八个月大，身体状况良好。
“我们在这里等了六年，看到它们的时候大家都哭了。”巡护员扎西多吉说。他和同事每个月要徒步走完120公里的巡护路线，更换相机的电池和存储卡。
专家指出，当地牧民近年来减少了放牧，岩羊的数量明显回升，这为雪豹提供了充足的食物。管理局计划再安装60台相机，并与邻近的两个保护区共享数据。
当地政府表示，今后将限制游客进入核心区，同时给受损失的牧民发放补偿，以减少人和野生动物之间的矛盾。
""",
    "satellite": """\
Small satellite built by students goes silent after nine days in orbit

BRENNA, 30 July (Orbit Letter) - A shoebox-sized satellite built by students of the Brenna technical university has gone silent nine days after its launch, the team said on Thursday.
Ground stations received the last signal at 02:14 on Tuesday, when the battery was at 71 per cent. Attempts to reach the craft over three continents have failed since.
"We have a list of forty things to try, and we are at number twelve," said project leader Nadia Froese, 24. The team suspects that a memory fault stopped the main computer.
The satellite carries a camera to count whales along shipping lanes. Until it fell silent it had sent back 86 pictures, more than the students had hoped for in the first month.
A second model stands ready in the laboratory and could fly next spring if sponsors pay for a place on a rocket. The agency offered to search for the craft with its radar.
""",
}


def _read(written: str) -> tuple[str, str]:
    title, _, text = written.strip().partition("\n\n")
    return title, text


# Key → title and text, paragraphs apart by a line break.
ARTICLES: dict[str, tuple[str, str]] = {key: _read(written) for key, written in _WRITTEN.items()}
