using System.Globalization;

namespace ReadOnlyGuard.AnalyzerBenchmarks;

/// <summary>The text of one file: a repository class as an application has hundreds of, half of its sites raw and half guarded.</summary>
static class GeneratedFile
{
    /// <summary>Where a file with connections creates, rents or opens one, in <see cref="Repository"/>.</summary>
    public const int Sites = 6;

    /// <summary>How many of them create a connection.</summary>
    public const int RawSites = 3;

    public static string Repository(int number) =>
        $$"""
        using System.Data;
        using System.Text;
        using Npgsql;
        using ReadOnlyGuard;

        namespace Generated;

        {{Entity(number)}}

        public sealed class Repository{{number}}(string connectionString, WritableDataSource source)
        {
            readonly Dictionary<int, Entity{{number}}> _cache = [];

            public async Task<Entity{{number}}?> FindAsync(int id, CancellationToken cancellationToken)
            {
                if (_cache.TryGetValue(id, out var cached))
                {
                    return cached;
                }

                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
                await using var command = new NpgsqlCommand("select id, name, amount from entity{{number}} where id = $1", connection) { Parameters = { new() { Value = id } } };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? _cache[id] = Read(reader) : null;
            }

            public int Rename(int id, string name)
            {
                using (var connection = new NpgsqlConnection(connectionString))
                {
                    connection.Open();
                    using var command = connection.CreateCommand();
                    command.CommandText = "update entity{{number}} set name = @name where id = @id";
                    command.Parameters.AddWithValue("name", name.Trim());
                    command.Parameters.AddWithValue("id", id);
                    _cache.Remove(id);
                    return command.ExecuteNonQuery();
                }
            }

            public List<Entity{{number}}> Largest(int count)
            {
                NpgsqlConnection connection = new(connectionString);
                try
                {
                    if (connection.State != ConnectionState.Open)
                    {
                        connection.Open();
                    }

                    var found = new List<Entity{{number}}>();
                    using var command = new NpgsqlCommand("select id, name, amount from entity{{number}} order by amount desc limit " + count, connection);
                    using var reader = command.ExecuteReader();
                    while (reader.Read())
                    {
                        found.Add(Read(reader));
                    }

                    return found.Where(entity => entity.Amount > 0).OrderBy(entity => entity.Name, StringComparer.Ordinal).ToList();
                }
                finally
                {
                    connection.Dispose();
                }
            }

            public async Task<int> InsertAsync(Entity{{number}} entity, CancellationToken cancellationToken)
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                await using var command = new NpgsqlCommand("insert into entity{{number}} (name, amount) values ($1, $2)", connection, transaction);
                command.Parameters.Add(new() { Value = entity.Name });
                command.Parameters.Add(new() { Value = entity.Amount });
                var written = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return written;
            }

            public long Count()
            {
                using var connection = source.CreateConnection();
                connection.Open();
                using var command = new NpgsqlCommand("select count(*) from entity{{number}}", connection);
                return (long)command.ExecuteScalar()!;
            }

            public void Delete(IEnumerable<int> ids)
            {
                using var connection = WritableDataSource.For(connectionString).OpenConnection();
                foreach (var id in ids.Distinct().Where(id => id > {{number % 7}}))
                {
                    using var command = new NpgsqlCommand($"delete from entity{{number}} where id = {id}", connection);
                    command.ExecuteNonQuery();
                    _cache.Remove(id);
                }
            }

            static Entity{{number}} Read(NpgsqlDataReader reader) => new(reader.GetInt32(0), reader.GetString(1), reader.GetDecimal(2));

        {{Report(number)}}
        }
        """;

    /// <summary>The same without connections, for a project that does not reference Npgsql.</summary>
    public static string Plain(int number) =>
        $$"""
        using System.Text;

        namespace Generated;

        {{Entity(number)}}

        public static class Reports{{number}}
        {
        {{Report(number)}}
        }
        """;

    static string Entity(int number) => string.Create(CultureInfo.InvariantCulture, $"public sealed record Entity{number}(int Id, string Name, decimal Amount);");

    static string Report(int number) =>
        $$"""
            public static string Report(IReadOnlyList<Entity{{number}}> entities)
            {
                var text = new StringBuilder();
                var total = 0m;
                foreach (var group in entities.GroupBy(entity => entity.Name[..1].ToUpperInvariant()).OrderBy(group => group.Key, StringComparer.Ordinal))
                {
                    var sum = group.Sum(entity => entity.Amount);
                    total += sum;
                    text.Append(group.Key).Append(": ").AppendLine(sum.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture));
                    foreach (var entity in group.Take(3))
                    {
                        text.Append("  ").Append(entity.Id).Append(' ').AppendLine(string.IsNullOrEmpty(entity.Name) ? "-" : entity.Name.PadRight(20));
                    }
                }

                return text.Append("total ").Append(Math.Round(total, 2)).ToString();
            }
        """;
}
