# Mots des documents en français. Mêmes clés que en.ftl ; un test les compare.
# Espace insécable (U+00A0) devant « : », fine insécable (U+202F) devant « ; ! ? % € ».

# Dates et périodes
date = { $day } { $month } { $year }
instant = { $date } à { $clock }
period-in-month = { $first }–{ $last } { $month } { $year }
period-in-year = { $first } { $first-month } – { $last } { $month } { $year }
period-over-years = { $first } { $first-month } { $first-year } – { $last } { $month } { $year }
month-1 = janvier
month-2 = février
month-3 = mars
month-4 = avril
month-5 = mai
month-6 = juin
month-7 = juillet
month-8 = août
month-9 = septembre
month-10 = octobre
month-11 = novembre
month-12 = décembre

# Sections et lignes
section-hardware = Matériel
section-subscriptions = Abonnements
section-usage = Consommation
section-fees = Frais
section-commitments = Engagements minimaux
section-credits = Avoirs
line-sale = Achat, à la livraison
line-instalment = Échéance { $number } sur { $count }
line-instalments = Échéance
line-instalment-deposit = Dépôt
line-instalment-at-once = Échéance { $number } sur { $count }, exigible à la fin du contrat
line-loss = appareil perdu ou volé
line-return-credit = Retour dans les délais, remboursé en totalité
line-not-returned = Appareil non retourné au { $day }
line-not-returned-credit = Frais d’appareil non retourné, remboursés
device-loaned = L’appareil est prêté : il reste la propriété du vendeur.
line-state-change = { $day } : passage de « { $from } » à « { $to } »
line-state-change-credit = { $day } : passage de « { $from } » à « { $to } », frais remboursés
life-state-new = non livré
life-state-stored = en stock
life-state-test = en essai
life-state-active = en service
life-state-suspended = suspendu
life-state-gone = sans appareil
life-state-ended = terminé
state-stored = Jours en stock : livré, ni en essai ni en service.
state-test = Jours de l’essai, avant le démarrage du service.
state-suspended = Jours où le service était suspendu ou bloqué.
device-leased = L’appareil est loué : il reste la propriété du vendeur.
line-part = Part { $number } sur { $count }, { $when } : { $percent } de { $price }
line-part-credit = Part { $number } sur { $count }, { $when }, remboursée : { $percent } de { $price }
part-ordered = à la commande
part-shipped = à l’expédition
part-delivered = à la livraison
part-accepted = à la recette
part-on = le { $day }
part-at-once = à la fin du contrat
line-returned = Retourné dans les { $days } jours, { $percent } crédités
line-returned-otherwise = { $percent } crédités
line-returned-before = { $text }, dont { $before } auparavant
line-instalment-credit = Échéance { $number } sur { $count } remboursée
line-instalment-credits = Échéances remboursées
line-instalment-credit-deposit = Dépôt remboursé
line-instalment-credit-at-once = Échéance { $number } sur { $count } remboursée jusqu’à sa date
line-service-credit = Avoir, { $period }
line-adjustment = Régularisation, { $period }
line-true-up = Complément au minimum, { $period }
line-true-up-again = Régularisation du minimum, { $period }
line-usage-credit = { $period }, facturation reprise
line-recharge = { $period }, refacturation
line-write-off = Régularisation, { $period }, abandonnée
line-shadow = { $period }, non facturé
line-row = { $row } : { $values }
line-row-rest = { $row } : tous les autres cas
line-orders = { $count ->
    [one] Commande { $shown }
   *[other] Commandes { $shown }
}
units = { $count ->
    [one] { $shown } équipement
   *[other] { $shown } équipements
}
active-units = { $count ->
    [one] { $shown } équipement actif
   *[other] { $shown } équipements actifs
}
line-count = { $count ->
    [one] { $shown } ligne
   *[other] { $shown } lignes
}

# La première page
title = Facture
number = Numéro de facture
issued-on = Émise le
due-on = Échéance
account = Compte de facturation
separate-for = Facture séparée pour
threshold = Consommation facturée sans attendre dès
customer = Facturé à
vat-id = N° TVA { $id }
registration = N° d’immatriculation { $number }
siren = SIREN { $number }
document-title = Facture { $number }
due-label = Montant à payer
due-note = à payer au plus tard le { $date }
settled-label = Montant à payer
settled-note = rien à payer
credit-label = Solde en votre faveur
credit-note = rien à payer
summary = Récapitulatif
net = Total HT
vat = TVA { $rate }
total = Total TTC
prepaid = Payé d’avance : { $name }
nothing = Rien n’était dû pour ce compte de facturation.
vat-heading = TVA
vat-rate = Taux
vat-base = Base HT
vat-amount = TVA
of-which-goods = dont biens
of-which-services = dont services
payment = Paiement
payment-payee = Bénéficiaire
payment-iban = IBAN
payment-reference = Référence
payment-by = Échéance
payment-terms = Par virement, avec la référence, pour que le paiement soit affecté à cette facture.

# Les lignes
details = Lignes de la facture
quantity = Quantité
unit-price = Prix unitaire
days = Jours
amount-in = Montant ({ $currency })
subtotal = Sous-total
account-total = Total de { $customer }
tier-up-to = jusqu’à { $to }
tier-over = au-delà de { $over }
tier-between = au-delà de { $over } jusqu’à { $to }
tier-any = pour le tout
tier-fee = forfait, { $tier }
priced-peak = quantité du { $day }, le jour le plus élevé
priced-included = { $included } inclus, gratuits
priced-packages = { $count } lots de { $size } ; un lot entamé est dû
priced-events = { $count } événements au prix de { $price }
priced-floor = porté au montant minimal, { $price }
priced-cap = limité au montant maximal, { $price }
priced-ordered =
    { $quantity } tarifés ensemble, tels que commandés sur { $line } ; ici { $of } unités sur { $all }
priced-cents = { $cents } pour que les parts de tous les équipements totalisent le prix de la commande
priced-own = prix propre au contrat { $contract }
priced-counter = décompte repris à { $before }
priced-counters = paliers décomptés à part pour chacun des { $count }
pool = { $used } consommés ; { $allowance } inclus dans le forfait partagé de { $units }
pool-days = au prorata : { $unit-days } jours de service d’équipements, { $pool-days } jours sur { $period-days } avec un équipement en service
pool-lot = reporté de la période du { $day } : { $quantity }, dont { $used } consommés
pool-rolled = franchise de la période : { $granted } ; { $used } consommés au total, { $expired } expirés, { $carried } reportés
pool-window-period = fenêtre : période du { $day }, { $used } consommés, { $granted } accordés
pool-window-open = période { $so-far } sur { $length } de la fenêtre : le dépassement est réglé à la dernière
pool-window-moves = la fenêtre de { $length } périodes est sans dépassement ; elle avance d’une période
pool-window-settled = la fenêtre de { $length } périodes se termine avec un dépassement de { $overage } ; une nouvelle commence
pool-no-value = (sans valeur)
pool-by-excess = dépassement et prix au prorata de ce que chaque équipement consomme au-delà de sa part de franchise ; centimes au plus fort reste
pool-by-usage = dépassement et prix au prorata de ce que chaque équipement consomme ; centimes au plus fort reste
pool-sum = Total
pool-used = Consommé
pool-allowance = Franchise
pool-overage = Dépassement
pool-before = Déjà facturé
pool-amount = Montant
pool-unit-days = Jours
billed-before =
    { $before } pour { $quantity-before } sur les factures précédentes ; à présent { $now } pour
    { $quantity }
not-billed-shadow = non facturé avant le { $until } ; coûterait { $amount }
not-billed-written-off = { $amount } abandonné, moins de { $below } ; facturé avec la suite
events = { $count ->
    [one] { $shown } événement
   *[other] { $shown } événements
}
evidence = { $events }, du { $from } au { $to }, empreinte { $digest }

# Conditions : ce que font à une ligne les remises et les révisions de prix
before-terms = { $amount } avant remises et révisions
term-percent = { $name } : { $percent } de { $base } : { $amount }
term-amount = { $name } : part de { $of }, sur { $base } : { $amount }
term-maximum = { $name } : au plus { $most } en tout, sur { $base } : { $amount }
term-credit = { $name } : déduit de { $base } : { $amount }
term-credit-units = { $name } : { $quantity } couverts, sur { $base } : { $amount }
committed = { $committed } convenus pour une période entière ; { $counted } facturés au titre de ce qui compte

# L’annexe
annex = Comment ces montants sont calculés
annex-exact = Chaque montant est la somme exacte de ses termes, arrondie une seule fois.
annex-rounded-all = Arrondi : { $rounding }.
annex-times = Les heures sont celles de { $zone }.
annex-amounts = Les montants sont en { $currency }, hors taxes.
annex-calculation = Calcul
annex-rounding = Arrondi
annex-pool = Forfait partagé
annex-allocation = Répartition
annex-before = Déjà facturé
annex-units = { $count ->
    [one] Équipement
   *[other] Équipements
}
annex-starts = Facturé depuis
annex-evidence = Justificatif
usage-unit = Équipement
usage-quantity = Quantité
usage-events = Événements
start-activated = signal d’activation { $id }, appareil { $serial }, { $source }
start-fallback-accepted = aucun signal d’activation à temps : recette le { $from }, plus { $days } jours
start-fallback-delivered = aucun signal d’activation à temps : livraison le { $from }, plus { $days } jours
start-fallback-shipped = aucun signal d’activation à temps : expédition le { $from }, plus { $days } jours
start-deadline-accepted = rien avant la date limite : recette le { $from }, plus { $days } jours
start-deadline-delivered = rien avant la date limite : livraison le { $from }, plus { $days } jours
start-deadline-ordered = rien avant la date limite : commande le { $from }, plus { $days } jours
start-deadline-shipped = rien avant la date limite : expédition le { $from }, plus { $days } jours
start-tested = essai gratuit de { $days } jours depuis le { $since } : { $began }
start-used = première consommation
start-used-up = essai gratuit depuis le { $since }, épuisé le { $on } ({ $quantity } de { $meter }) : { $began }
start-shipped = remise au transporteur
start-delivered = livraison
start-accepted = recette par le client
start-ordered = commandé
start-agreed = jour convenu
start-taken-over = à la suite de l’équipement { $unit }
rounding-half-away-from-zero = au plus proche, la moitié en s’éloignant de zéro
rounding-half-even = au plus proche, la moitié vers le chiffre pair
rounding-half-towards-zero = au plus proche, la moitié vers zéro
rounding-up = en s’éloignant de zéro
rounding-down = vers zéro

# Mentions obligatoires d’un vendeur français (code de commerce L441-9, L441-10 et D441-5 ; code
# général des impôts, annexe II, article 242 nonies A)
nature-goods = Nature de l’opération : livraison de biens.
nature-services = Nature de l’opération : prestation de services.
nature-both = Nature de l’opération : livraison de biens et prestation de services.
vat-on-debits = Option pour le paiement de la taxe d’après les débits.
vat-on-receipts = TVA sur les prestations de services exigible à l’encaissement.
no-discount = Pas d’escompte pour paiement anticipé.
late-penalties =
    En cas de retard de paiement, des pénalités au taux de refinancement de la Banque centrale
    européenne majoré de 10 points sont exigibles dès le lendemain de l’échéance, sans rappel.
recovery-fee =
    Indemnité forfaitaire pour frais de recouvrement due par le client professionnel en cas de
    retard de paiement : 40 €.

# Bas de page
page-of = Page { $page } sur { $pages }

# Pays, par code ISO 3166 ; les autres sont montrés par leur code
country-AT = Autriche
country-AU = Australie
country-BE = Belgique
country-BG = Bulgarie
country-CA = Canada
country-CH = Suisse
country-CY = Chypre
country-CZ = Tchéquie
country-DE = Allemagne
country-DK = Danemark
country-EE = Estonie
country-ES = Espagne
country-FI = Finlande
country-FR = France
country-GB = Royaume-Uni
country-GR = Grèce
country-HR = Croatie
country-HU = Hongrie
country-IE = Irlande
country-IT = Italie
country-JP = Japon
country-LT = Lituanie
country-LU = Luxembourg
country-LV = Lettonie
country-MA = Maroc
country-MC = Monaco
country-MT = Malte
country-NL = Pays-Bas
country-NO = Norvège
country-PL = Pologne
country-PT = Portugal
country-RO = Roumanie
country-SE = Suède
country-SI = Slovénie
country-SK = Slovaquie
country-TN = Tunisie
country-US = États-Unis

## Avoirs

credit-note-title = Avoir
credit-note-document-title = Avoir { $number }
credit-note-number = Numéro d’avoir
credit-note-issued-on = Émis le
credit-note-invoice = Facture créditée
credit-note-invoiced-on = Facture du
credit-note-reason = Motif
credit-note-note = Remarque
credit-note-summary = Ce qui est crédité
credit-note-details = Lignes créditées
credit-note-due-label = Porté à votre crédit
credit-note-rebill-note = ce qui en reste dû figurera sur votre prochaine facture
credit-note-settled-note = soldé ; ne sera pas refacturé
credit-note-owed = Déduit de ce que vous devez
credit-note-not-credited = Non crédité
credit-given-back = Rendu : { $name }
credit-note-corrects = Cet avoir rectifie la facture { $number } du { $date }, qui reste telle qu’elle a été émise.
credit-reason-error = erreur de facturation
credit-reason-returned = retour
credit-reason-cancelled = résiliation
credit-reason-dispute = litige
credit-reason-goodwill = geste commercial
