using System.Text;
using Commerce.Commands.Importing;

namespace Commerce.Commands.Tests.Importing;

public sealed class CsvRecordsTests
{
    [Test]
    public void Quoted_fields_hold_commas_doubled_quotes_and_line_breaks()
    {
        var records = Read("a,\"b, \"\"c\"\"\",d\n\"e\nf\",,g\r\n", columns: 3);

        Assert.That(records.Select(r => string.Join('|', r.Fields)), Is.EqualTo(new[] { "a|b, \"c\"|d", "e\nf||g" }));
        Assert.That(records.Select(r => r.Line), Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void A_quote_left_open_costs_its_own_line_only()
    {
        var records = Read("a,\"b,c\nd,e,f\ng,\"h, i\",j\n", columns: 3);

        Assert.That(records.Select(r => r.Fault ?? string.Join('|', r.Fields)), Is.EqualTo(new[] { "a quote is left open", "d|e|f", "g|h, i|j" }));
    }

    [Test]
    public void A_quote_left_open_at_the_end_of_a_file_is_told()
    {
        Assert.That(Read("a,b,c\nd,\"e,f", columns: 3).Select(r => r.Fault), Is.EqualTo(new[] { null, "a quote is left open" }));
    }

    [Test]
    public void A_quoted_field_does_not_go_on_for_ever()
    {
        var text = "a,\"" + string.Join('\n', Enumerable.Repeat("x", CsvRecords.RecordLinesMax + 1)) + "\",c\n";

        Assert.That(Read(text, columns: 3)[0].Fault, Is.EqualTo("a quote is left open"));
    }

    [Test]
    public void A_quote_inside_a_field_that_does_not_begin_with_one_stands_for_itself()
    {
        Assert.That(Read("FRAME 7\" SIZE,b\n", columns: 2)[0].Fields, Is.EqualTo(new[] { "FRAME 7\" SIZE", "b" }));
    }

    [Test]
    public void Text_behind_a_closing_quote_is_told()
    {
        Assert.That(Read("\"a\"b,c\nd,e\n", columns: 2).Select(r => r.Fault), Is.EqualTo(new[] { "text follows a closing quote", null }));
    }

    [Test]
    public void A_byte_order_mark_is_no_part_of_the_first_field()
    {
        Assert.That(Read("\uFEFFa,b\n", columns: 2)[0].Fields[0], Is.EqualTo("a"));
    }

    [Test]
    public void What_is_not_UTF_8_or_holds_control_characters_is_told()
    {
        var bytes = Encoding.Latin1.GetBytes("caf\u00e9,b\nn\0l,b\nok,b\n");

        Assert.That(Read(bytes, 2).Select(r => r.Fault), Is.EqualTo(new[] { "the line is not UTF-8", "the line holds a control character", null }));
    }

    [Test]
    public void A_line_without_end_is_skipped_in_bounded_memory()
    {
        var records = Read(new string('x', 10 * PhysicalLines.LineBytesMax) + "\na,b\n" + new string('y', PhysicalLines.LineBytesMax + 1), columns: 2);

        Assert.That(records.Select(r => r.Fault?.Split(" than")[0]), Is.EqualTo(new[] { "the line is longer", null, "the line is longer" }));
        Assert.That(records.Select(r => r.Line), Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Test]
    public void Reading_goes_on_from_where_any_record_ended()
    {
        var bytes = Encoding.UTF8.GetBytes("\uFEFFa,\"b\nc\"\r\nd,\"e\n\n\u00e9,f\ng,h");
        var all = Read(bytes, 2);

        Assert.That(all, Has.Count.EqualTo(5));
        for (var n = 0; n < all.Count; n++)
        {
            var rest = Read(bytes, 2, all[n].NextOffset, all[n].NextLine - 1);
            Assert.That(rest.Select(Shown), Is.EqualTo(all.Skip(n + 1).Select(Shown)));
        }
    }

    static string Shown(CsvRecord r) => $"{r.Line} {r.NextOffset} {r.NextLine} {r.Fault} {string.Join('|', r.Fields)}";

    static List<CsvRecord> Read(string text, int columns) => Read(Encoding.UTF8.GetBytes(text), columns);

    static List<CsvRecord> Read(byte[] bytes, int columns, long offset = 0, long linesBefore = 0)
    {
        using var stream = new MemoryStream(bytes);
        var records = new CsvRecords(stream, columns, offset, linesBefore);
        var all = new List<CsvRecord>();
        while (records.Read() is { } record)
        {
            all.Add(record);
        }

        return all;
    }
}
