using Commerce.Domain.Links;

namespace Commerce.Domain.Tests.Links;

/// <summary>Codes of links: of one alphabet, none like another, and none that a slip of the pen makes into another.</summary>
public sealed class LinkCodeTests
{
    const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const int Codes = 200;

    [Test]
    public void A_code_has_twelve_letters_and_digits_and_reads_as_itself()
    {
        foreach (var code in Random(Codes))
        {
            Assert.That(code.Value, Has.Length.EqualTo(LinkCode.Length).And.Matches("^[0-9A-Za-z]+$"));
            Assert.That(LinkCode.Parse(code.Value, null), Is.EqualTo(code));
        }
    }

    [Test]
    public void No_two_codes_are_the_same() => Assert.That(Random(10_000).Distinct().Count(), Is.EqualTo(10_000));

    [Test]
    public void Every_single_wrong_character_is_detected()
    {
        foreach (var code in Random(Codes))
        {
            for (var at = 0; at < LinkCode.Length; at++)
            {
                Assert.That(Alphabet.Where(c => c != code.Value[at] && IsCode(With(code.Value, at, c))), Is.Empty, code.Value);
            }
        }
    }

    [Test]
    public void Every_exchange_of_two_different_characters_is_detected_neighbours_or_not()
    {
        foreach (var code in Random(Codes))
        {
            var exchanged =
                from a in Enumerable.Range(0, LinkCode.Length)
                from b in Enumerable.Range(0, a)
                where code.Value[a] != code.Value[b]
                select With(With(code.Value, a, code.Value[b]), b, code.Value[a]);
            Assert.That(exchanged.Where(IsCode), Is.Empty, code.Value);
        }
    }

    [Test]
    public void Of_guesses_one_in_some_sixty_has_the_right_check()
    {
        var random = new Random(62);
        var right = Enumerable.Range(0, 62_000).Count(_ => IsCode(new string(random.GetItems(Alphabet.AsSpan(), LinkCode.Length))));
        Assert.That(right, Is.InRange(800, 1_200));
    }

    [FsCheck.NUnit.Property]
    public bool Anything_else_is_no_code(string? text) => text is { Length: LinkCode.Length } || !IsCode(text);

    [TestCase("Commerce 123")]
    [TestCase("Commerçe1234")]
    [TestCase("00000000000-")]
    public void Other_characters_are_none_of_a_code(string text) => Assert.That(IsCode(text), Is.False);

    static IEnumerable<LinkCode> Random(int count) => Enumerable.Range(0, count).Select(_ => LinkCode.Random());

    static bool IsCode(string? text) => LinkCode.TryParse(text, null, out _);

    static string With(string text, int at, char c) => string.Concat(text.AsSpan(0, at), [c], text.AsSpan(at + 1));
}
