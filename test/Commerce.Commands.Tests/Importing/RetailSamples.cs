using Commerce.Commands.Importing;

namespace Commerce.Commands.Tests.Importing;

/// <summary>Made-up files with everything that real ones hold.</summary>
static class RetailSamples
{
    /// <summary>Sales, a return, a guest, a price of three decimals, a code with a space, a write-off, found and given units.</summary>
    public const string Day1 = """
        InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
        100001,10A,RED MUG,6,2010-12-01 08:26:00,2.55,501.0,United Kingdom
        100001,10B,"BOX, ""SMALL"" ",4,2010-12-01 08:26:00,3.39,501.0,United Kingdom
        100001,10A,RED MUG,2,2010-12-01 08:26:00,2.55,501.0,United Kingdom
        100002,10A,RED MUG,10,2010-12-01 08:28:00,2.1,,France
        100002,BANK CHARGES,Bank Charges,1,2010-12-01 08:28:00,15.0,,France
        100003,10C,,-3,2010-12-01 09:00:00,0.0,,United Kingdom
        100003,10C,found,7,2010-12-01 09:00:00,0.0,,United Kingdom
        C100004,10A,RED MUG,-3,2010-12-01 09:30:00,2.55,501.0,United Kingdom
        C100004,10A,RED MUG,-1,2010-12-01 09:30:00,2.55,501.0,United Kingdom
        100005,10B,BOX SMALL,3,2010-12-01 10:00:00,0.335,502.0,Germany
        100005,10D,GIFT,1,2010-12-01 10:00:00,0.0,502.0,Germany
        100006,10A,RED MUG,5,2010-12-01 10:01:00,2.55,501.0,United Kingdom

        """;

    /// <summary>Returns of the day before, one of them split, a guest's credit, an order that rounds to nothing.</summary>
    public const string Day2 = """
        InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
        C200001,10B,BOX SMALL,-1,2010-12-02 08:00:00,0.335,502.0,Germany
        C200001,10A,RED MUG,-1,2010-12-02 08:00:00,2.55,502.0,Germany
        C200001,10B,BOX SMALL,-4,2010-12-02 08:00:00,0.335,502.0,Germany
        C200002,D,Discount,-1,2010-12-02 09:00:00,27.5,,United Kingdom
        200003,10E,CUSHION PADS,1,2010-12-02 09:10:00,0.001,503.0,EIRE
        200004,10A,RED MUG,40,2010-12-02 09:20:00,2.95,501.0,United Kingdom
        200004,10B,BOX SMALL,1,2010-12-02 09:20:00,3.39,501.0,United Kingdom
        200005,10C,damaged,-2,2010-12-02 09:30:00,0.0,,United Kingdom

        """;

    /// <summary>Two good invoices between rows that are broken in every way that one can think of.</summary>
    public const string Broken = """
        InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
        300001,10A,RED MUG,6,2010-12-03 08:26:00,2.55,501.0,United Kingdom
        300001,10A,RED MUG,6,2010-12-03 08:26:00
        300001,10B,BOX,4,2010-12-03 08:26:00,3.39,501.0,United Kingdom
        300001,10B,BOX,four,2010-12-03 08:26:00,3.39,501.0,United Kingdom
        300002,10A,RED MUG,1000000000000,2010-12-03 08:28:00,2.1,501.0,France
        300003,10A,"RED MUG,1,2010-12-03 08:28:00,2.1,501.0,France
        300004,10A,"MUG, ""RED"" ",2,2010-12-03 08:30:00,2.1,501.0,France
        300004,10A,RED MUG,2,the third,2.1,501.0,France
        300004,10B,BOX,2,2010-12-03 08:30:00,-2.1,501.0,France

        300004,10B,BOX,1,2010-12-03 08:30:00,2.1,501.0,France
        300004,10B,BOX,1,2010-12-03 08:30:00,2.1,501.0,France,Europe
        """;

    /// <summary>Why the broken rows are.</summary>
    public static readonly string[] BrokenReasons =
    [
        "3: the line has 5 columns instead of 8",
        "5: the quantity 'four' is not a whole number",
        "6: the quantity '1000000000000' is beyond 500000",
        "7: a quote is left open",
        "9: the date 'the third' is not a time like 2010-12-01 08:26:00",
        "10: the price '-2.1' is below zero",
        "11: the line is empty",
        "13: the line has 9 columns instead of 8",
    ];

    // Counted by hand.
    public static readonly Tally InFiles = new(20, 65, 163.181m);
    public static readonly Tally Sold = new(10, 73, 205.106m);
    public static readonly Tally Returned = new(4, -7, -11.205m);
    public static readonly Tally Credited = new(2, -4, -30.72m);
    public static readonly Tally Adjusted = new(4, 3, 0m);
}
