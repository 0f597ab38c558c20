namespace Commerce.Api.Cli.Demo;

/// <summary>One product of the demo's own assortment.</summary>
/// <param name="Sku">Its SKU.</param>
/// <param name="Name">What a customer reads.</param>
/// <param name="Price">Price of one in GBP, as a decimal text.</param>
sealed record SampleProduct(string Sku, string Name, string Price);

/// <summary>What the demo's shop sells: a small gift shop's shelf.</summary>
static class SampleCatalogue
{
    /// <summary>Currency of every price.</summary>
    public const string Currency = "GBP";

    /// <summary>The shelf.</summary>
    public static readonly IReadOnlyList<SampleProduct> Products =
    [
        new("MUG-SPOTS", "Mug, red with white spots", "4.95"),
        new("MUG-STRIPES", "Mug, blue stripes", "4.95"),
        new("MUG-TRAVEL", "Travel mug with a lid", "12.50"),
        new("TEAPOT-CAST", "Teapot, cast iron", "39.00"),
        new("TEAPOT-GLASS", "Teapot, glass", "24.75"),
        new("TEA-EARLGREY", "Earl Grey tea, 100 g", "6.40"),
        new("TEA-SENCHA", "Sencha tea, 100 g", "8.90"),
        new("TEA-CHAI", "Chai spices, 80 g", "5.25"),
        new("COFFEE-FILTER", "Filter coffee, 250 g", "9.80"),
        new("COFFEE-ESPRESSO", "Espresso beans, 250 g", "10.20"),
        new("CANDLE-BEESWAX", "Beeswax candle", "3.15"),
        new("CANDLE-TALL", "Tall candles, pack of 6", "7.60"),
        new("CANDLE-TEALIGHT", "Tea lights, pack of 50", "5.99"),
        new("LANTERN-METAL", "Metal lantern", "18.40"),
        new("LANTERN-PAPER", "Paper lantern", "2.35"),
        new("BUNTING-COTTON", "Cotton bunting, 5 m", "11.00"),
        new("BUNTING-PAPER", "Paper bunting, 3 m", "3.80"),
        new("NOTEBOOK-A5", "Notebook A5, dotted", "7.25"),
        new("NOTEBOOK-A6", "Notebook A6, plain", "4.10"),
        new("PENCIL-SET", "Pencils, set of 12", "6.75"),
        new("PEN-FOUNTAIN", "Fountain pen", "28.00"),
        new("CARD-BIRTHDAY", "Birthday card", "2.20"),
        new("CARD-THANKS", "Thank-you cards, pack of 8", "5.60"),
        new("WRAP-STARS", "Wrapping paper, stars", "1.95"),
        new("WRAP-BROWN", "Wrapping paper, brown, 10 m", "4.45"),
        new("RIBBON-RED", "Ribbon, red, 20 m", "3.05"),
        new("APRON-LINEN", "Apron, linen", "22.50"),
        new("TOWEL-TEA", "Tea towel, herringbone", "8.15"),
        new("BOARD-OLIVE", "Board, olive wood", "26.90"),
        new("SPOON-SET", "Wooden spoons, set of 3", "9.30"),
        new("JAR-SPICE", "Spice jars, set of 6", "14.20"),
        new("TIN-CAKE", "Cake tin, round", "13.70"),
        new("CUTTER-STAR", "Star cutters, set of 5", "4.85"),
        new("CLOCK-KITCHEN", "Kitchen clock", "31.00"),
        new("FRAME-OAK", "Picture frame, oak", "16.60"),
        new("VASE-BLUE", "Vase, blue glass", "19.95"),
        new("POT-HERB", "Herb pot, terracotta", "5.40"),
        new("SEEDS-MEADOW", "Meadow seeds", "2.75"),
        new("BLANKET-WOOL", "Wool blanket", "64.00"),
        new("CUSHION-VELVET", "Velvet cushion", "27.30"),
    ];
}
