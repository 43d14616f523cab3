using Npgsql;
using ReadOnlyGuard;

namespace Shop.Comments;

public class Archive
{
    #region Writing

    public void Store(string cs /* of the archive */)
    {
        // a connection of our own
        using var connection = WritableDataSource.For(cs /* not the shop's */).OpenConnection(); // disposed below

        // now open it
        // may take a while

        /* and write */
        using var command = new NpgsqlCommand("insert into archive default values", connection);
        command.ExecuteNonQuery();
    }

    #endregion

    public NpgsqlConnection Connect(string cs)
        => WritableDataSource.For(
            // first host is the primary, usually
            cs).CreateConnection();
}
