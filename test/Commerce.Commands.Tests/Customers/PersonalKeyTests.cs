using System.Security.Cryptography;
using System.Text;
using Commerce.Commands.Customers;
using Commerce.Domain;
using Commerce.Domain.Customers;

namespace Commerce.Commands.Tests.Customers;

public sealed class PersonalKeyTests
{
    static readonly PersonalPlace Registered = new(Customer.StreamOf(CustomerId.Of("ann")), "customer-registered.v1");
    static readonly byte[] Json = """{"name":"Ann"}"""u8.ToArray();

    readonly PersonalKey _key = New();

    [Test]
    public void What_is_encrypted_can_be_read_where_it_was_written() =>
        Assert.That(Encoding.UTF8.GetString(_key.Decrypt(_key.Encrypt(Json, Registered), Registered)).TrimEnd(), Is.EqualTo("""{"name":"Ann"}"""));

    [Test]
    public void The_same_is_another_text_each_time() =>
        Assert.That(Enumerable.Range(0, 100).Select(_ => _key.Encrypt(Json, Registered)).Distinct().Count(), Is.EqualTo(100));

    [Test]
    public void Its_length_says_little_about_what_it_is() =>
        Assert.That(new[] { 1, 20, 256 }.Select(n => _key.Encrypt(new byte[n], Registered).Text.Length).Distinct().Count(), Is.EqualTo(1));

    [Test]
    public void It_cannot_be_read_with_another_key() =>
        Assert.That(() => New().Decrypt(_key.Encrypt(Json, Registered), Registered), Throws.InstanceOf<PersonalDataUnreadableException>());

    [Test]
    public void It_cannot_be_given_to_another_customer_nor_passed_off_as_another_event()
    {
        var data = _key.Encrypt(Json, Registered);
        Assert.That(() => _key.Decrypt(data, Registered with { Stream = Customer.StreamOf(CustomerId.Of("bob")) }), Throws.InstanceOf<PersonalDataUnreadableException>());
        Assert.That(() => _key.Decrypt(data, Registered with { EventName = "customer-address-changed.v1" }), Throws.InstanceOf<PersonalDataUnreadableException>());
    }

    [Test]
    public void A_flipped_bit_anywhere_is_found()
    {
        var bytes = _key.Encrypt(Json, Registered).ToBytes();
        for (var at = 1; at < bytes.Length; at++)
        {
            var changed = bytes.ToArray();
            changed[at] ^= (byte)(1 << (at % 8));
            Assert.That(() => _key.Decrypt(PersonalData.Of(changed), Registered), Throws.InstanceOf<PersonalDataUnreadableException>(), $"byte {at}");
        }
    }

    [Test]
    public void A_refusal_to_read_says_nothing_of_what_is_there()
    {
        var data = _key.Encrypt(Json, Registered);
        var e = Assert.Throws<PersonalDataUnreadableException>(() => New().Decrypt(data, Registered));
        Assert.That(e?.ToString(), Does.Not.Contain("\"Ann\"").And.Not.Contain(data.Text));
    }

    [Test]
    public void A_repeat_is_known_by_the_key_and_by_nothing_that_can_be_guessed_without_it()
    {
        var (first, again) = (_key.Fingerprint(Json), _key.Fingerprint(Json));
        Assert.That(again, Is.EqualTo(first).And.Not.EqualTo(_key.Fingerprint("{}"u8)));
        Assert.That(New().Fingerprint(Json), Is.Not.EqualTo(first));
        Assert.That(first, Is.Not.EqualTo(Convert.ToHexStringLower(SHA256.HashData(Json))));
    }

    [Test]
    public void A_customers_key_is_stored_for_them_alone_and_read_with_the_master_key_that_it_was_stored_with()
    {
        var (ann, secret) = (CustomerId.Of("ann"), RandomNumberGenerator.GetBytes(PersonalKey.SecretBytes));
        var (first, second) = (RandomNumberGenerator.GetBytes(MasterKeys.KeyBytes), RandomNumberGenerator.GetBytes(MasterKeys.KeyBytes));
        var wrapped = new MasterKeys(first).Wrap(ann, secret);

        Assert.That(new MasterKeys(second, first).Unwrap(ann, wrapped), Is.EqualTo(secret));
        Assert.That(wrapped.Bytes.AsSpan().IndexOf(secret), Is.Negative);
        Assert.That(() => new MasterKeys(second).Unwrap(ann, wrapped), Throws.InstanceOf<PersonalKeysUnavailableException>().With.Message.Contains(wrapped.MasterKey));
        Assert.That(() => new MasterKeys(first).Unwrap(CustomerId.Of("bob"), wrapped), Throws.InstanceOf<PersonalDataUnreadableException>());
        Assert.That(() => new MasterKeys(first).Unwrap(ann, wrapped with { Bytes = wrapped.Bytes[..20] }), Throws.InstanceOf<PersonalDataUnreadableException>());
    }

    [Test]
    public void A_master_key_has_32_bytes() => Assert.That(() => new MasterKeys(new byte[31]), Throws.ArgumentException);

    static PersonalKey New() => new(RandomNumberGenerator.GetBytes(PersonalKey.SecretBytes));
}
