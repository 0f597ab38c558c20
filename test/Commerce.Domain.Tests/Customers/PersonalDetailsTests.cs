using Commerce.Domain.Customers;
using Commerce.Domain.Tests.Spec;

namespace Commerce.Domain.Tests.Customers;

public sealed class PersonalDetailsTests
{
    static readonly PostalAddress Home = new(["12 Mill Lane", "Flat 3"], "Aberystwyth", "GB", "SY23 1AB");
    static readonly PersonalDetails Ann = new("Ann Őry", "ann.ory+shop@example.co.uk", "+44 (0)1970 12-34.5/6", Home);

    [Test]
    public void Details_that_people_have_can_be_kept()
    {
        Assert.That(Ann.Refused(), Is.Null);
        Assert.That(new PersonalDetails("Ann", "a@b.cd").Refused(), Is.Null);
        Assert.That((Ann with { Address = Home with { PostalCode = null } }).Refused(), Is.Null);
        Assert.That((Ann with { Name = Texts.OfLength(PersonalDetails.NameLengthMax) }).Refused(), Is.Null);
    }

    [TestCase("")]
    [TestCase("ann")]
    [TestCase("ann@")]
    [TestCase("@example.com")]
    [TestCase("ann@example")]
    [TestCase("ann@example.com.")]
    [TestCase("ann@.example.com")]
    [TestCase("ann@@example.com")]
    [TestCase("ann@example.com, bob@example.com")]
    [TestCase("Ann <ann@example.com>")]
    [TestCase(" ann@example.com")]
    [TestCase("ann@exa mple.com")]
    [TestCase("ann@example.com\r\nBcc: bob@example.com")]
    public void What_is_no_bare_address_is_no_email(string email) => Assert.That((Ann with { Email = email }).Refused()?.Code, Is.EqualTo("email-invalid"));

    [Test]
    public void Every_field_has_a_limit()
    {
        Assert.That((Ann with { Name = Texts.OfLength(PersonalDetails.NameLengthMax + 1) }).Refused()?.Code, Is.EqualTo("name-invalid"));
        Assert.That((Ann with { Email = Texts.OfLength(PersonalDetails.EmailLengthMax) + "@example.com" }).Refused()?.Code, Is.EqualTo("email-invalid"));
        Assert.That((Ann with { Phone = new string('1', PersonalDetails.PhoneLengthMax + 1) }).Refused()?.Code, Is.EqualTo("phone-invalid"));
        Assert.That(Refused(Home with { Lines = [.. Enumerable.Repeat("line", PostalAddress.LinesMax + 1)] }), Is.EqualTo("address-invalid"));
        Assert.That(Refused(Home with { Lines = [Texts.OfLength(PostalAddress.LineLengthMax + 1)] }), Is.EqualTo("address-invalid"));
        Assert.That(Refused(Home with { City = Texts.OfLength(PostalAddress.LineLengthMax + 1) }), Is.EqualTo("address-invalid"));
        Assert.That(Refused(Home with { Country = Texts.OfLength(TradeLimits.CountryLengthMax + 1) }), Is.EqualTo("address-invalid"));
        Assert.That(Refused(Home with { PostalCode = Texts.OfLength(PostalAddress.PostalCodeLengthMax + 1) }), Is.EqualTo("address-invalid"));
    }

    [Test]
    public void An_address_has_a_line_a_city_and_a_country()
    {
        Assert.That(Refused(Home with { Lines = [] }), Is.EqualTo("address-invalid"));
        Assert.That(Refused(Home with { Lines = default }), Is.EqualTo("address-invalid"));
        foreach (var text in Texts.Invalid)
        {
            Assert.That(Refused(Home with { Lines = [Texts.OrNull(text)] }), Is.EqualTo("address-invalid"));
            Assert.That(Refused(Home with { City = Texts.OrNull(text) }), Is.EqualTo("address-invalid"));
            Assert.That(Refused(Home with { Country = Texts.OrNull(text) }), Is.EqualTo("address-invalid"));
            Assert.That((Ann with { Name = Texts.OrNull(text) }).Refused()?.Code, Is.EqualTo("name-invalid"));
        }
    }

    [TestCase("letters")]
    [TestCase("")]
    [TestCase("()")]
    [TestCase("12\n34")]
    public void A_phone_number_has_digits_and_what_people_put_between(string phone) => Assert.That((Ann with { Phone = phone }).Refused()?.Code, Is.EqualTo("phone-invalid"));

    [Test]
    public void Nothing_personal_prints_itself()
    {
        Assert.That($"{Ann} {Home}", Is.EqualTo("PersonalDetails PostalAddress"));
    }

    [Test]
    public void Encrypted_data_is_of_a_known_version_and_of_bounded_length()
    {
        byte[] bytes = [PersonalData.Version, .. new byte[PersonalData.OverheadBytes]];
        var data = PersonalData.Of(bytes);
        Assert.That(PersonalData.Parse(data.Text, null).ToBytes(), Is.EqualTo(bytes));
        Assert.That(PersonalData.TryParse(PersonalData.Of([PersonalData.Version, .. new byte[PersonalData.BytesMax - 1]]).Text, null, out _), Is.True);

        foreach (var text in new[] { null, "", "!", "ann@example.com", data.Text[..^4], "Ag" + data.Text[2..], data.Text + new string('A', PersonalData.BytesMax * 2) })
        {
            Assert.That(PersonalData.TryParse(text, null, out _), Is.False, text);
        }
    }

    static string? Refused(PostalAddress address) => (Ann with { Address = address }).Refused()?.Code;
}
