"""Frequent given names in Polish and English: a capitalised one is taken for a person without any cue."""

from typing import Final

_POLISH: Final = """
adam adrian agata agnieszka albert aleksander aleksandra alicja alina amelia andrzej aneta angelika ania anita
anna antoni antonina arkadiusz artur asia barbara bartek bartlomiej bartosz basia beata blazej bogdan boguslaw
bogumila bogusia bozena brygida cecylia celina cezary damian daniel danuta daria dariusz dawid dominik
dominika dorota edward edyta ela eliza elzbieta emilia ernest eryk eugeniusz ewa ewelina fabian felicja feliks
filip franciszek gabriel gabriela genowefa gosia grazyna grzegorz halina hania hanna helena henryk hubert iga
ignacy igor ilona irena ireneusz iwona izabela jacek jadwiga jakub jan janek janina janusz jaroslaw jerzy
joanna jolanta jozef julia julian julita jurek justyna kacper kajetan kamil kamila karol karolina kasia
katarzyna kazimierz kinga klaudia klementyna konrad konstanty kornelia krystian krystyna krzysiek krzysztof
ksawery kuba laura lech leokadia leon leszek lidia liliana lucyna lucjan ludwik ludwika lukasz maciej maciek
madzia magda magdalena maja maksymilian malgorzata malgosia marcel marcelina marcin marek maria marian mariola
mariusz marlena marta martyna marysia marzena mateusz michal michalina mieczyslaw mikolaj milena milosz
miroslaw miroslawa monika natalia nikodem nikola nina norbert ola olga oliwia oliwier oskar patrycja patryk
paulina pawel piotr piotrek przemyslaw przemek radoslaw radek rafal regina renata robert roksana roman ryszard
sabina sandra sebastian seweryn slawomir slawek sonia stanislaw stanislawa stefan stefania sylwester sylwia
szymon tadeusz tamara teodor teresa tomasz tomek tymon tymoteusz urszula ula waclaw waldemar wanda weronika
wieslaw wieslawa wiktor wiktoria wincenty wioletta witold wladyslaw wlodzimierz wojciech wojtek zbigniew
zbyszek zdzislaw zenon zofia zosia zuzanna zygmunt zaneta oksana olena iryna andrij dmytro oleksandr yulia
natalya volodymyr adela adolf alfred alojzy ambrozy anastazja anatol anastazy apolonia aurelia bartlomieja
benedykt bernadeta bernard boguslawa boleslaw borys bozydar bronislaw bronislawa cyprian czeslaw czeslawa
dagmara dionizy dobrawa dobroslawa eustachy ewaryst faustyna fryderyk gerard gertruda gniewomir grzesiek
gustaw henryka herbert hieronim hilary honorata hubertus ida inga jarek jaroslawa jozefa jowita juliusz justyn
kajus kalikst karolek klara klemens kordian kosma krzesimir kryspin larysa leonard leslaw longin lubomir luiza
maciek magdusia malwina marianna maurycy melania michalek mieszko mieczyslawa mira mirek miron nadia napoleon
natan natasza nela oktawia oktawian olaf olaj olgierd onufry otylia pelagia petronela rafalek remigiusz rita
roch rozalia rozalina rudolf ryszarda samanta sambor seweryna slawa slawomira stach sulislaw swietlana
bronek bronka czarek dorotka ewunia gabrysia grzesiu heniek helenka iwonka jasiek jola jolka julka kamilka
karolcia krysia krystek lucja lucynka lutka malwina marcelinka mietek milosz mundek nastka olek oliwka otylia
patka rysiek sabinka staszek stefcia sylwek tadzio tosia tosiek wandzia werka wiesia wiesiek wladek zdzisiek
zdzisia zenek zuzka zuzanka blanka blazena leszko ludmila luiza lukrecja maurycy melchior natalka oksana oleg
ostap roksana sasza serhij tatiana wasyl wolodymyr ksenia ksenya jewgenij bohdan bogdana maksym anatolij
halyna iryna ludmyla mykola mykhailo nazar olesia ruslan solomiya vasyl viktoriia yana yaroslav yevhen zoya
swietoslaw tadek tekla tobiasz tola tytus urban ursus walenty walentyna waleria walery wawrzyniec wiera
wilhelm wioleta witoslaw witek wlodek zaklina zbyszko zdzich zdzislawa ziemowit zygfryd zyta zuza zuzia
"""
_ENGLISH: Final = """
aaron abigail adam aisha alan albert alex alexander alexandra alfie alice alicia alison amanda amelia amy
andrea andrew angela ann anna anne annie anthony antonio archie arthur ashley barbara beatrice becky ben
benjamin bernard beth bethany beverly bob brandon brenda brian bruce bryan caleb cameron carl carlos carol
caroline catherine cathy charles charlie chloe chris christian christina christine christopher cindy claire
clara colin connor craig cynthia dan daniel danielle danny darren dave david deborah debbie dennis derek diana
diane diego dominic donald donna dorothy douglas duncan dylan eddie edward eileen elaine eleanor elena elijah
elizabeth ella ellen ellie emily emma eric erica ethan eva evelyn fatima fiona florian frances francesca
francis fred freddie gareth gary gavin gemma geoffrey george gerald gillian gordon graham greg gregory hannah
harold harriet harry heidi helen henry howard hugh ian imogen irene isaac isabel isabella isabelle isla jacob
jacqueline jake james jamie jane janet janice jason jeff jeffrey jennifer jenny jeremy jerry jessica jim jimmy
joan joanna joanne joe joel john johnny jonathan jose joseph josh joshua joyce juan judith judy julia julian
julie justin karen karl kate kathleen katherine kathryn katie keith kelly ken kenneth kevin kieran kimberly
kirsty kyle lauren laura lawrence leah leanne lee leo leon lewis liam linda lindsay lisa logan louis louise
lucas lucy luis luke lydia lynn malcolm marcus margaret maria marie marilyn marion martha martin mary mason
matt matthew maureen megan melanie melissa mia michael michelle miguel mike mohamed mohammed molly monica
muhammad nancy naomi natalie natasha nathan neil nicholas nick nicola nicole nigel noah nora oliver olivia
omar oscar owen pamela patricia patrick paul paula pauline peter phil philip phillip phoebe priya rachel ralph
raymond rebecca richard robert roger ronald rory rosie ross roy russell ruth ryan sally sam samantha samuel
sandra sara sarah scott sean sebastian shane sharon shaun shirley simon sofia sophia sophie stacey stephanie
stephen steve steven stuart susan suzanne tanya teresa terry theo theodore theresa thomas tim timothy tina
toby todd tom tony tracy trevor tyler valerie vanessa vera veronica victoria vincent walter wayne wendy
william yasmin yvonne zach zachary zoe hans jurgen klaus wolfgang pierre jean francois giulia giovanni marco
matteo luca lars sven ingrid anders olaf stefan adele agatha ahmed aidan alana alec alfred ali alistair amber
anil anita anya arjun arnold arun astrid aurelio ava barry beatrix benedict bernadette bert blake bradley
brendan bridget callum camilla carla carmen cecilia cedric celeste chandra clare clarence clark clement
clifford clive colleen corinne cormac cornelius damon daphne darcy darius declan deirdre delia dennis desmond
dexter dimitri dominique doreen duane edgar edith edmund edwin elliot elsie elsa emmanuel enid enzo erin
ernest esme esther eugene evan evie faisal felicity felix fergus finlay finn fletcher flora floyd frankie
franklin freya gabrielle gail gilbert giles gina giorgio gladys glenda godfrey greta gwen hamish hamza harvey
aoife anjali ananya aditi amir andre andrei anton ariana asif aslan axel aylin bashir birgit bjorn carlo
chiara christos cristina dagmar deniz dieter dmitri elif elin emre erik esra eszter fabio farah fatih federico
fernando francesco fredrik friedrich gabriele giuseppe greta gunther guillaume gustav hakan harald heike
heinrich hiroshi hyun imran ines inga isabella ishaan ivana jana jens jiri jonas juha jurgen kaan katja keira
kenji klaudia kofi kristina kwame lasse laila leonardo lotte luciana luisa magnus manuel marek margarida
mariam marta mathias matteo mehmet michele mikhail mustafa naveen neha nguyen nils nkechi obinna olamide
oleksandr paola paolo pavel pedro petr petros pooja radek rahul ravi renee rohit sakura samir sanna santiago
sergei shreya simone siobhan soren stefano svetlana tadashi takashi tarek tomas tommaso uwe vikas vladimir
wolfgang yara yuki yusra zainab zeynep zoltan rosalind bronwyn gwendolyn imogen cressida philippa mateo ngozi
henrik lindsey geraldine ronan gethin ffion carys dafydd eilidh callie delilah
hassan helena herbert herman hilary horace howard hugo ibrahim ignatius ingrid irma ismail ivan ivor jasmine
javier jayden jeanette jenna jerome jesse jill joaquin joanie jodie jorge josephine josie juliet kamal karim
kasper katrina kayla keira kelsey kerry khalid kiran kirsten klara kurt kumar lakshmi lana lara laurence leila
leonard leroy leslie liliana lionel lorenzo lorna lorraine louisa mabel maeve marcel marcia marcia margot
mariana marianne marissa marjorie marlene marvin maxine melvin mercy mildred mira miranda miriam mitchell mona
morgan moses muriel myra nadia nadine natalia neville niamh nikita nikolai nina noel noreen norma norman
olabisi olga orla osama oswald otto parker pauline penelope penny percy perry petra piers polly prakash
priyanka quentin rachael raj rajesh ralf ramesh randall raul ravi reginald rex rhys ricardo rita rohan roland
roman rowan rupert sabrina sadie salma salvatore sanjay saoirse selena serena seth shannon sheila sheryl
sienna silvia siobhan solomon sonia sophia spencer stan stella stewart sunil suresh sven sylvia tabitha tara
tariq ted tess thaddeus thea thelma tobias tommy tristan ulrich uma una ursula vera vernon vijay viktor vikram
vivian vivien wallace wanda warren wei wilfred wilhelm winston xavier yolanda yusuf yvette zara zahra
"""
_AMBIGUOUS_WORDS: Final = """
will may mark rose grace hope faith joy april june august summer dawn art bill frank jack rich guy max sky
star angel chase drew pat rob sue chip dale earl gene glen grant lance miles pierce ray reed skip virginia
georgia sydney paris florence chelsea austin jordan carolina madison brooklyn savannah diamond ruby pearl
amber jade olive ivy violet lily iris daisy heather holly hazel ginger basil sage rosemary candy cherry sandy
robin jay colt harley bentley mercedes roza kalina malina jagoda pola mila wit sara lena marki marka marke
mark marku kuby kubo ali ale ole olu ala
"""
AMBIGUOUS: Final = frozenset(_AMBIGUOUS_WORDS.split())
"""Names that are words too: taken for a person only after a cue, before a surname, or when known."""

_PERSONAL_WORDS: Final = """
mark jack frank rob pat sue guy will bill rich drew grace robin ray sandy sara lena jordan max
"""
PERSONAL: Final = frozenset(_PERSONAL_WORDS.split())
"""Those of ``AMBIGUOUS`` that are mostly persons when another capitalised word follows."""

GIVEN: Final = frozenset(_POLISH.split()) | frozenset(_ENGLISH.split())
POLISH: Final = frozenset(_POLISH.split())
